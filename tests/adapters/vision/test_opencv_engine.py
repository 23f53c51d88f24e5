from pathlib import Path

import cv2
import numpy as np
import pytest

from facemark.adapters.vision.engines import build_engine
from facemark.adapters.vision.opencv_engine import MIN_SCORE
from facemark.domain.faces import Box, Embeddings, Face, Frame
from facemark.services.ports.vision import FaceEngine


def only(faces: list[Face]) -> Face:
    (face,) = faces
    return face


def test_the_face_is_found_where_it_is(opencv_engine: FaceEngine, portrait: Frame) -> None:
    face = only(opencv_engine.detect(portrait))

    assert overlap(face.box, Box(175, 65, 95, 125)) > 0.6
    assert face.score > MIN_SCORE
    marks = face.landmarks
    assert marks.right_eye.x < marks.nose_tip.x < marks.left_eye.x
    assert marks.right_eye.y < marks.nose_tip.y < marks.right_mouth.y


def test_boxes_are_in_full_frame_pixels_whatever_the_working_size(
    models_dir: Path, portrait: Frame, opencv_engine: FaceEngine
) -> None:
    large = np.asarray(cv2.resize(portrait, None, fx=4, fy=4), np.uint8)
    small = build_engine("opencv", models_dir=models_dir, threads=1, working_side=256)

    here = only(opencv_engine.detect(portrait)).box
    there = only(small.detect(large)).box

    scaled = Box(there.x / 4, there.y / 4, there.width / 4, there.height / 4)
    assert overlap(here, scaled) > 0.8


def test_a_frame_without_a_face_gives_none(opencv_engine: FaceEngine) -> None:
    assert opencv_engine.detect(np.zeros((120, 160, 3), np.uint8)) == []


def test_no_faces_give_no_rows(opencv_engine: FaceEngine, portrait: Frame) -> None:
    assert opencv_engine.embed(portrait, []).shape == (0, 128)


def test_vectors_are_unit_float32_and_do_not_depend_on_their_neighbours(
    opencv_engine: FaceEngine, portrait: Frame
) -> None:
    face = only(opencv_engine.detect(portrait))
    pair = np.ascontiguousarray(np.hstack([portrait, portrait[:, ::-1]]))

    alone = opencv_engine.embed(portrait, [face])
    both = opencv_engine.embed(pair, opencv_engine.detect(pair))

    assert both.dtype == np.float32
    assert both.shape == (2, 128)
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1.0, atol=1e-6)
    assert (both @ alone[0]).max() > 0.95


def test_the_same_face_at_another_size_and_light_stays_the_same_person(
    opencv_engine: FaceEngine, portrait: Frame
) -> None:
    dim = np.asarray(cv2.resize(portrait, None, fx=0.5, fy=0.5) * 0.6, np.uint8)

    vectors = [
        opencv_engine.embed(frame, opencv_engine.detect(frame))[0] for frame in (portrait, dim)
    ]

    assert float(vectors[0] @ vectors[1]) > 0.7


def test_the_model_hash_is_stable(models_dir: Path, opencv_engine: FaceEngine) -> None:
    again = build_engine("opencv", models_dir=models_dir, threads=1, working_side=320)

    assert again.model == opencv_engine.model
    assert len(again.model.model_hash) == 64


def test_opencv_stays_quiet_and_its_log_level_as_it_was(
    models_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    level = cv2.utils.logging.getLogLevel()

    build_engine("opencv", models_dir=models_dir, threads=1, working_side=640)

    assert capfd.readouterr().err == ""
    assert cv2.utils.logging.getLogLevel() == level


def test_the_people_of_the_clip_are_told_apart(
    clip_folder: Path, opencv_engine: FaceEngine
) -> None:
    def vector(name: str) -> Embeddings:
        frame = np.asarray(cv2.imread(str(clip_folder / name)), np.uint8)
        return opencv_engine.embed(frame, opencv_engine.detect(frame))

    obama, again, biden = vector("obama.jpg"), vector("obama2.jpg"), vector("biden.jpg")

    assert (obama @ again.T).item() > 0.6
    assert (obama @ biden.T).item() < 0.3


def overlap(a: Box, b: Box) -> float:
    across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(across, 0.0) * max(down, 0.0)
    return shared / (a.width * a.height + b.width * b.height - shared)
