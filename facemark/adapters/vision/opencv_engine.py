"""The default engine: YuNet finds faces, SFace turns them into vectors, both on OpenCV's DNN."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facemark.adapters.vision.fold import folded
from facemark.adapters.vision.geometry import landmark_points, shrink, unit_rows
from facemark.adapters.vision.weights import (
    SFACE_FLOAT32,
    SFACE_INT8,
    YUNET_FLOAT32,
    YUNET_INT8,
    load_weights,
)
from facemark.domain.faces import Box, Embeddings, EngineModel, Face, Frame, Landmarks, Point

NAME = "opencv"
DIMENSIONS = 128
# Part of the model hash: raise it with any change of alignment or normalisation.
PREPROCESSING = "aligncrop112-l2-1"
MIN_SCORE = 0.6
_NMS_IOU = 0.3
_MAX_CANDIDATES = 5000
_ROW_LENGTH = 15

Rows = NDArray[np.float32]


class OpenCvEngine:
    """Vectors are comparable only with those of the same model hash. Not thread-safe.

    Faces are embedded one by one: on two threads a batch of 4 to 8 took between 0.8 and 1.1 of the
    time per face, on one thread exactly as long.
    """

    def __init__(
        self, detector: bytes, recogniser: bytes, *, model: EngineModel, working_side: int
    ) -> None:
        no_config = np.empty(0, np.uint8)
        with _without_net_warnings():
            self._detector = cv2.FaceDetectorYN.create(
                "onnx",
                np.frombuffer(detector, np.uint8),
                no_config,
                (working_side, working_side),
                MIN_SCORE,
                _NMS_IOU,
                _MAX_CANDIDATES,
            )
            self._recogniser = cv2.FaceRecognizerSF.create(
                "onnx", np.frombuffer(recogniser, np.uint8), no_config
            )
        self._model = model
        self._working_side = working_side

    @property
    def model(self) -> EngineModel:
        return self._model

    def detect(self, frame: Frame) -> list[Face]:
        image, scale = shrink(frame, self._working_side)
        self._detector.setInputSize((image.shape[1], image.shape[0]))
        _, found = self._detector.detect(image)
        # The typing stub does not know that OpenCV answers None for an image without a face.
        rows = np.empty((0, _ROW_LENGTH)) if found is None else np.asarray(found)
        return [_face(row, scale) for row in rows.tolist()]

    def embed(self, frame: Frame, faces: Sequence[Face]) -> Embeddings:
        vectors = np.empty((len(faces), DIMENSIONS), np.float32)
        for index, face in enumerate(faces):
            crop = self._recogniser.alignCrop(frame, _row(face))
            vectors[index] = self._recogniser.feature(crop)[0]
        return unit_rows(vectors)


def build_opencv_engine(models_dir: Path, *, threads: int, working_side: int) -> OpenCvEngine:
    """`threads` is OpenCV's own pool, which is one per process: the last engine built decides."""
    detector = load_weights((YUNET_INT8, YUNET_FLOAT32), models_dir)
    recogniser = load_weights((SFACE_INT8, SFACE_FLOAT32), models_dir)
    identity = "|".join((detector.sha256, recogniser.sha256, PREPROCESSING))
    model = EngineModel(NAME, hashlib.sha256(identity.encode()).hexdigest(), DIMENSIONS)
    cv2.setNumThreads(threads)
    return OpenCvEngine(
        detector.data,
        folded(recogniser, models_dir),
        model=model,
        working_side=working_side,
    )


@contextmanager
def _without_net_warnings() -> Iterator[None]:
    """OpenCV 5 warns about targets once per net, whatever is asked of it; errors still show."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)


def _face(row: list[float], scale: float) -> Face:
    *pixels, score = row
    full = [value / scale for value in pixels]
    points = [Point(full[i], full[i + 1]) for i in range(4, 14, 2)]
    return Face(Box(*full[:4]), Landmarks(*points), score=score)


def _row(face: Face) -> Rows:
    box = face.box
    row = np.empty((1, _ROW_LENGTH), np.float32)
    row[0, :4] = box.x, box.y, box.width, box.height
    row[0, 4:14] = [v for point in landmark_points(face.landmarks) for v in (point.x, point.y)]
    row[0, 14] = face.score
    return row
