import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from facemark.adapters.vision.engines import build_engine
from facemark.domain.errors import Unavailable
from facemark.domain.faces import Frame
from facemark.services.ports.vision import FaceEngine

pytestmark = pytest.mark.slow

# In a process of its own: importing the package changes Pillow for everybody.
REFERENCE = """
import json, sys, warnings
warnings.simplefilter("ignore")
import face_recognition, numpy as np
image = np.load(sys.argv[1])
box = face_recognition.face_locations(image)
print(json.dumps([box, [list(v) for v in face_recognition.face_encodings(image, box)]]))
"""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FaceEngine:
    pytest.importorskip("dlib", reason="the face_recognition engine is not installed")
    return build_engine(
        "face_recognition",
        models_dir=tmp_path_factory.mktemp("none"),
        threads=1,
        working_side=640,
    )


def test_it_sees_and_encodes_what_the_face_recognition_package_does(
    engine: FaceEngine, portrait: Frame, tmp_path: Path
) -> None:
    pytest.importorskip("face_recognition_models", reason="the package itself is not installed")
    image = tmp_path / "image.npy"
    np.save(image, portrait[:, :, ::-1])
    answer = subprocess.run(
        [sys.executable, "-c", REFERENCE, str(image)], capture_output=True, text=True, check=False
    )
    if answer.returncode:
        pytest.skip(f"face_recognition does not run here: {answer.stderr.strip()[-200:]}")
    boxes, vectors = json.loads(answer.stdout)

    faces = engine.detect(portrait)

    found = [(f.box.y, f.box.x + f.box.width, f.box.y + f.box.height, f.box.x) for f in faces]
    assert found == [tuple(box) for box in boxes]
    expected = np.array(vectors) / np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(engine.embed(portrait, faces), expected, atol=1e-5)


def test_the_five_points_lie_in_a_face(engine: FaceEngine, portrait: Frame) -> None:
    # HOG takes a part of the space suit for a second, less certain, face.
    face = max(engine.detect(portrait), key=lambda face: face.score)

    marks = face.landmarks
    assert marks.right_eye.x < marks.nose_tip.x < marks.left_eye.x
    assert marks.right_mouth.x < marks.left_mouth.x
    assert marks.right_eye.y < marks.nose_tip.y < marks.right_mouth.y
    assert 0.0 < face.score <= 1.0


def test_no_face_gives_no_rows(engine: FaceEngine) -> None:
    blank = np.zeros((100, 100, 3), np.uint8)

    assert engine.detect(blank) == []
    assert engine.embed(blank, []).shape == (0, 128)


def test_it_does_not_run_the_package_it_is_named_after(engine: FaceEngine) -> None:
    assert engine.model.engine == "face_recognition"
    assert "face_recognition" not in sys.modules


def test_without_dlib_the_error_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)

    with pytest.raises(Unavailable, match=r"run\.py engine face_recognition") as caught:
        build_engine("face_recognition", models_dir=tmp_path, threads=1, working_side=640)

    assert caught.value.code == "engine_not_installed"
