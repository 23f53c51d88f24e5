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


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """The least (or, where named so, the most) of each measurement in `FaceQuality`."""

    min_eye_distance_px: float
    min_sharpness: float
    min_brightness: float
    max_brightness: float
    min_contrast: float
    max_yaw: float
    max_roll_deg: float
    min_inside: float


ENROLMENT_LIMITS = QualityLimits(
    min_eye_distance_px=30.0,
    min_sharpness=25.0,
    min_brightness=50.0,
    max_brightness=200.0,
    min_contrast=22.0,
    max_yaw=0.35,
    max_roll_deg=20.0,
    min_inside=0.95,
)
RECOGNITION_LIMITS = QualityLimits(
    min_eye_distance_px=16.0,
    min_sharpness=18.0,
    min_brightness=45.0,
    max_brightness=200.0,
    min_contrast=20.0,
    max_yaw=0.6,
    max_roll_deg=30.0,
    min_inside=0.9,
)
"""What 99.5 % of the 6,158 calibration photos fulfil: here the measured curve can be trusted."""

USABLE_LIMITS = QualityLimits(
    min_eye_distance_px=6.0,
    min_sharpness=4.0,
    min_brightness=18.0,
    max_brightness=230.0,
    min_contrast=12.0,
    max_yaw=1.2,
    max_roll_deg=60.0,
    min_inside=0.7,
)
"""Below these, dark and blurred faces of different people resemble each other (0.4 to 0.6)."""


def judge_quality(quality: FaceQuality, limits: QualityLimits) -> tuple[QualityProblem, ...]:
    """What is wrong with this face, most telling first; empty when nothing is.

    A value on its limit is good enough; one that is not a number never is.
    """
    checks = (
        (quality.eye_distance_px >= limits.min_eye_distance_px, QualityProblem.TOO_SMALL),
        (quality.inside >= limits.min_inside, QualityProblem.CUT_OFF),
        (quality.brightness >= limits.min_brightness, QualityProblem.TOO_DARK),
        (quality.brightness <= limits.max_brightness, QualityProblem.TOO_BRIGHT),
        (abs(quality.yaw) <= limits.max_yaw, QualityProblem.TURNED),
        (abs(quality.roll_deg) <= limits.max_roll_deg, QualityProblem.TILTED),
        (quality.contrast >= limits.min_contrast, QualityProblem.FLAT),
        (quality.sharpness >= limits.min_sharpness, QualityProblem.BLURRED),
    )
    return tuple(problem for good, problem in checks if not good)


_ADVICE = {
    QualityProblem.TOO_SMALL: "come closer, or use a photo with a larger face",
    QualityProblem.CUT_OFF: "move until the whole face is in the picture",
    QualityProblem.TOO_DARK: "turn towards the light",
    QualityProblem.TOO_BRIGHT: "step out of the glare",
    QualityProblem.TURNED: "look straight into the camera",
    QualityProblem.TILTED: "hold the head upright",
    QualityProblem.FLAT: "clean the lens, or find more even light",
    QualityProblem.BLURRED: "hold still, or clean the lens",
}


def advice_for(problem: QualityProblem) -> str:
    """What the person in front of the camera can do about it."""
    return _ADVICE[problem]
