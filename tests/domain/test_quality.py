from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.quality import (
    ENROLMENT_LIMITS,
    RECOGNITION_LIMITS,
    USABLE_LIMITS,
    FaceQuality,
    QualityLimits,
    QualityProblem,
    advice_for,
    judge_quality,
)

GOOD = FaceQuality(
    eye_distance_px=60.0,
    sharpness=300.0,
    brightness=120.0,
    contrast=50.0,
    yaw=0.0,
    roll_deg=0.0,
    inside=1.0,
)
PRESETS = (ENROLMENT_LIMITS, RECOGNITION_LIMITS, USABLE_LIMITS)


@pytest.mark.parametrize("limits", PRESETS)
def test_a_good_face_has_no_problem(limits: QualityLimits) -> None:
    assert judge_quality(GOOD, limits) == ()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("eye_distance_px", 20.0, QualityProblem.TOO_SMALL),
        ("sharpness", 5.0, QualityProblem.BLURRED),
        ("brightness", 10.0, QualityProblem.TOO_DARK),
        ("brightness", 250.0, QualityProblem.TOO_BRIGHT),
        ("contrast", 3.0, QualityProblem.FLAT),
        ("yaw", -1.0, QualityProblem.TURNED),
        ("roll_deg", -50.0, QualityProblem.TILTED),
        ("inside", 0.4, QualityProblem.CUT_OFF),
    ],
)
def test_each_shortcoming_has_its_name_and_advice(
    name: str, value: float, problem: QualityProblem
) -> None:
    face = replace(GOOD, **{name: value})

    assert judge_quality(face, ENROLMENT_LIMITS) == (problem,)
    assert advice_for(problem)


def test_the_limit_itself_is_good_enough() -> None:
    limits = RECOGNITION_LIMITS
    on_the_limit = FaceQuality(
        eye_distance_px=limits.min_eye_distance_px,
        sharpness=limits.min_sharpness,
        brightness=limits.min_brightness,
        contrast=limits.min_contrast,
        yaw=-limits.max_yaw,
        roll_deg=limits.max_roll_deg,
        inside=limits.min_inside,
    )

    assert judge_quality(on_the_limit, limits) == ()


def test_every_problem_is_reported_and_none_twice() -> None:
    hopeless = FaceQuality(2.0, 0.0, 1.0, 0.0, 3.0, 90.0, 0.0)

    problems = judge_quality(hopeless, ENROLMENT_LIMITS)

    assert set(problems) == set(QualityProblem) - {QualityProblem.TOO_BRIGHT}
    assert len(problems) == len(set(problems))
    assert problems[0] is QualityProblem.TOO_SMALL


def test_every_problem_has_its_own_advice() -> None:
    assert len({advice_for(problem) for problem in QualityProblem}) == len(QualityProblem)


@pytest.mark.parametrize("name", [field.name for field in fields(FaceQuality)])
def test_a_value_that_is_not_a_number_is_never_good(name: str) -> None:
    assert judge_quality(replace(GOOD, **{name: float("nan")}), USABLE_LIMITS)


@given(
    st.builds(
        FaceQuality,
        eye_distance_px=st.floats(0, 200),
        sharpness=st.floats(0, 3000),
        brightness=st.floats(0, 255),
        contrast=st.floats(0, 128),
        yaw=st.floats(-3, 3),
        roll_deg=st.floats(-180, 180),
        inside=st.floats(0, 1),
    )
)
def test_what_may_be_enrolled_counts_fully_and_what_counts_fully_is_usable(
    quality: FaceQuality,
) -> None:
    enrolment, full, usable = (set(judge_quality(quality, limits)) for limits in PRESETS)

    assert usable <= full <= enrolment
