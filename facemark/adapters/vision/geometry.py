"""What both engines do to frames before, and to vectors after, their models."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from facemark.domain.faces import Embeddings, Frame, Landmarks, Point

CROP_SIDE = 112
# Where the five points of an average frontal face lie in a 112 x 112 crop; the reference points
# that ArcFace published and SFace was trained with. Complex numbers: x + iy.
_REFERENCE = np.array(
    [38.2946 + 51.6963j, 73.5318 + 51.5014j, 56.0252 + 71.7366j, 41.5493 + 92.3655j,
     70.7299 + 92.2041j]
)  # fmt: skip


def shrink(frame: Frame, longest_side: int) -> tuple[Frame, float]:
    """The frame within `longest_side`, and working size ÷ full size; small frames stay as is."""
    height, width = frame.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1.0:
        return frame, 1.0
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def unit_rows(vectors: Embeddings) -> Embeddings:
    """Every row divided by its length; a row of zeros stays zero and is like nothing."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), np.float32)


def landmark_points(marks: Landmarks) -> tuple[Point, ...]:
    """Right eye, left eye, nose tip, right mouth corner, left mouth corner: the models' order."""
    return (marks.right_eye, marks.left_eye, marks.nose_tip, marks.right_mouth, marks.left_mouth)


def to_complex(points: Iterable[Point]) -> NDArray[np.complex128]:
    return np.array([complex(point.x, point.y) for point in points])


def aligned_grey(frame: Frame, landmarks: Landmarks) -> Frame:
    """The face upright in a (112, 112) uint8 grey crop; what lies outside the frame is repeated.

    The transform is the least-squares rotation, scale and shift of the five points, which as
    complex numbers is the regression w = a·z + b.
    """
    points = to_complex(landmark_points(landmarks))
    centre, goal = points.mean(), _REFERENCE.mean()
    spread = points - centre
    a = np.vdot(spread, _REFERENCE - goal) / max(np.vdot(spread, spread).real, 1e-9)
    b = goal - a * centre
    matrix = np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])
    size = (CROP_SIDE, CROP_SIDE)
    crop = cv2.warpAffine(frame, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)
