"""Is this face good enough to enrol or to recognise, and if not, what should the person do?"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """Measurements of one face in its frame.

    `eye_distance_px`: between the eyes, full-frame pixels. `sharpness`: variance of the Laplacian
    on the aligned 112 x 112 grey crop. `brightness`: mean grey of that crop, 0 to 255. `contrast`:
    its standard deviation. `yaw`: nose offset from the eye midpoint over the eye distance, 0 when
    frontal. `roll_deg`: angle of the eye line, 0 when level. `inside`: share of the box that lies
    inside the frame, 0 to 1.
    """

    eye_distance_px: float
    sharpness: float
    brightness: float
    contrast: float
    yaw: float
    roll_deg: float
    inside: float


class QualityProblem(StrEnum):
    TOO_SMALL = "face_too_small"
    BLURRED = "face_blurred"
    TOO_DARK = "face_too_dark"
    TOO_BRIGHT = "face_too_bright"
    FLAT = "face_low_contrast"
    TURNED = "face_turned"
    TILTED = "face_tilted"
    CUT_OFF = "face_cut_off"
