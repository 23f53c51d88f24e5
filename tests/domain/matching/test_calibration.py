import copy
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.errors import InvalidInput
from facemark.domain.faces import EngineModel
from facemark.domain.matching.calibration import Calibration, load_calibration

CURVE: dict[str, Any] = {
    "schema": 1,
    "engine": "opencv",
    "model_hash": "ab" * 32,
    "dimensions": 128,
    "dataset": "a set of photos",
    "images": 6000,
    "people": 2800,
    "impostor_pairs": 18_000_000,
    "genuine_pairs": 59_000,
    "points": [
        {"similarity": 0.2, "fmr": 1e-1, "fnmr": 0.004},
        {"similarity": 0.3, "fmr": 1e-2, "fnmr": 0.006},
        {"similarity": 0.36, "fmr": 1e-3, "fnmr": 0.008},
        {"similarity": 0.42, "fmr": 1e-4, "fnmr": 0.013},
        {"similarity": 0.464, "fmr": 1e-5, "fnmr": 0.025},
    ],
    "tail": {
        "from_similarity": 0.42,
        "from_fmr": 1e-4,
        "scale": 0.02,
        "shape": 0.0,
        "extrapolated": True,
    },
    "smallest_measured_fmr": 1e-6,
}


def curve(shape: float = 0.0, **tail: float) -> Calibration:
    data = copy.deepcopy(CURVE)
    data["tail"] |= {"shape": shape, **tail}
    return load_calibration(data)


def test_the_curve_names_the_engine_it_was_measured_on() -> None:
    assert curve().model == EngineModel("opencv", "ab" * 32, 128)


def test_measured_points_are_returned_as_measured() -> None:
    assert curve().fmr_at(0.3) == pytest.approx(1e-2)
    assert curve().similarity_at(1e-3).similarity == pytest.approx(0.36)


def test_between_two_points_the_rate_falls_by_a_constant_factor() -> None:
    assert curve().fmr_at(0.25) == pytest.approx(math.sqrt(1e-1 * 1e-2))


def test_beyond_the_last_trusted_point_the_fitted_tail_takes_over() -> None:
    assert curve().fmr_at(0.46) == pytest.approx(1e-4 * math.exp(-2))
    assert curve(shape=0.5).fmr_at(0.46) == pytest.approx(1e-4 * (1 + 0.5 * 2) ** -2)


def test_a_tail_that_ends_calls_nothing_beyond_its_end_a_false_match() -> None:
    ending = curve(shape=-0.5)
    assert ending.fmr_at(0.47) == 0.0
    assert ending.similarity_at(1e-12).similarity <= 0.46


def test_only_rates_rarer_than_any_measured_are_called_extrapolated() -> None:
    assert not curve().similarity_at(1e-6).extrapolated
    assert curve().similarity_at(9e-7).extrapolated


def test_a_similarity_below_every_measured_point_still_gets_a_rate() -> None:
    assert curve().fmr_at(-1.0) == 1.0
    assert 0.1 < curve().fmr_at(0.1) < 1.0
    assert curve().similarity_at(1.0).similarity == -1.0


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_a_rate_that_is_not_positive_cannot_be_asked_for(rate: float) -> None:
    with pytest.raises(InvalidInput, match="fmr_invalid"):
        curve().similarity_at(rate)


SHAPES = st.sampled_from([-0.4, -0.05, 0.0, 0.05, 0.3])


@given(a=st.floats(-1, 1), b=st.floats(-1, 1), shape=SHAPES)
def test_a_higher_similarity_is_never_likelier_to_be_a_stranger(
    a: float, b: float, shape: float
) -> None:
    low, high = sorted((a, b))
    assert curve(shape).fmr_at(low) >= curve(shape).fmr_at(high) * (1 - 1e-9)


@given(a=st.floats(1e-12, 1), b=st.floats(1e-12, 1), shape=SHAPES)
def test_a_rarer_false_match_never_needs_a_lower_similarity(
    a: float, b: float, shape: float
) -> None:
    rare, frequent = sorted((a, b))
    thresholds = [curve(shape).similarity_at(rate).similarity for rate in (rare, frequent)]
    assert thresholds[0] >= thresholds[1] - 1e-9


@given(rate=st.floats(1e-9, 0.999), shape=SHAPES)
def test_the_threshold_for_a_rate_has_that_rate(rate: float, shape: float) -> None:
    there = curve(shape).similarity_at(rate).similarity
    assert curve(shape).fmr_at(there) == pytest.approx(rate, rel=1e-6)


def broken(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CURVE), **changes}


@pytest.mark.parametrize(
    "data",
    [
        {},
        broken(schema=2),
        broken(points=[]),
        broken(points=list(reversed(CURVE["points"]))),
        broken(points=[{"similarity": 0.2, "fmr": 0.0, "fnmr": 0.1}]),
        broken(points=[{"similarity": 0.2}]),
        broken(tail={**CURVE["tail"], "scale": 0.0}),
        broken(tail={**CURVE["tail"], "from_fmr": 1.5}),
        broken(smallest_measured_fmr="many"),
    ],
)
def test_a_curve_that_makes_no_sense_is_refused_with_a_code(data: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="calibration_invalid"):
        load_calibration(data)
