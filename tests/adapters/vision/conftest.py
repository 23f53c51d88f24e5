from pathlib import Path

import cv2
import numpy as np
import pytest

from facemark.adapters.vision.engines import build_engine
from facemark.domain.faces import Frame
from facemark.services.ports.vision import FaceEngine

CLIP_FOLDER = Path(__file__).parents[3] / "../shared/data/faces/clip"


@pytest.fixture(scope="session")
def portrait() -> Frame:
    """One real face: NASA's public-domain portrait of Eileen Collins, blue-green-red."""
    from skimage.data import astronaut

    return np.ascontiguousarray(astronaut()[:, :, ::-1])  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def opencv_engine(models_dir: Path) -> FaceEngine:
    return build_engine("opencv", models_dir=models_dir, threads=1, working_side=640)


@pytest.fixture
def clip_folder() -> Path:
    if not CLIP_FOLDER.is_dir():
        pytest.skip("the evaluation clip is not beside this checkout")
    return CLIP_FOLDER


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 frames at 10 per second; frame n is grey of level 8·n."""
    path = tmp_path_factory.mktemp("video") / "grey.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (64, 48))
    for index in range(30):
        writer.write(np.full((48, 64, 3), 8 * index, np.uint8))
    writer.release()
    return path
