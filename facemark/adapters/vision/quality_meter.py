"""Measure how usable a face is; what counts as too little is decided in `domain.quality`."""

import cmath
import math

import cv2

from facemark.adapters.vision.geometry import aligned_grey, to_complex
from facemark.domain.faces import Box, Face, Frame
from facemark.domain.quality import FaceQuality


class AlignedCropMeter:
    """Measures on the aligned crop, so that the figures do not depend on the camera's size."""

    def measure(self, frame: Frame, face: Face) -> FaceQuality:
        marks = face.landmarks
        right, left, nose = to_complex((marks.right_eye, marks.left_eye, marks.nose_tip))
        eye_line = left - right
        distance = abs(eye_line)
        crop = aligned_grey(frame, marks)
        return FaceQuality(
            eye_distance_px=float(distance),
            sharpness=float(cv2.Laplacian(crop, cv2.CV_64F).var()),
            brightness=float(crop.mean()),
            contrast=float(crop.std()),
            yaw=_offset_along(nose - (right + left) / 2, eye_line),
            roll_deg=math.degrees(cmath.phase(eye_line)) if distance else 0.0,
            inside=_share_inside(face.box, width=frame.shape[1], height=frame.shape[0]),
        )


def _offset_along(offset: complex, axis: complex) -> float:
    """The part of `offset` along `axis`, in lengths of `axis`, so that a tilt is not a turn."""
    return float((offset * axis.conjugate()).real / abs(axis) ** 2) if axis else 0.0


def _share_inside(box: Box, *, width: int, height: int) -> float:
    area = box.width * box.height
    if area <= 0:
        return 0.0
    across = min(box.x + box.width, width) - max(box.x, 0.0)
    down = min(box.y + box.height, height) - max(box.y, 0.0)
    return max(across, 0.0) * max(down, 0.0) / area
