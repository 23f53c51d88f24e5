import numpy as np
import pytest

from benchmarks._curve import CurveSource, build_curve, exponential_scale
from benchmarks._scores import Scores, ScoreSet
from facemark.domain.matching.calibration import load_calibration

SOURCE = CurveSource("made-up", "0" * 64, 128, "exponential", images=10, people=5)
SCALE = 0.02


def strangers(count: int, *, shift: float = 0.0, seed: int = 5) -> Scores:
    """FMR(s) = exp(-(s - shift) / 0.02): every rate is known."""
    scores = shift + np.random.default_rng(seed).exponential(SCALE, count)
    return np.asarray(scores, np.float32)


@pytest.fixture(scope="module")
def singles() -> ScoreSet:
    return ScoreSet(strangers(1_000_000), np.linspace(0.1, 0.9, 801, dtype=np.float32))


def test_the_curve_gives_back_the_rates_it_was_measured_on(singles: ScoreSet) -> None:
    curve = load_calibration(build_curve((singles,), SOURCE))

    for rate in (1e-1, 1e-2, 1e-3, 1e-4):
        assert curve.similarity_at(rate).similarity == pytest.approx(
            -SCALE * np.log(rate), abs=0.004
        )


def test_beyond_the_data_the_threshold_is_labelled_and_follows_the_law(singles: ScoreSet) -> None:
    curve = load_calibration(build_curve((singles,), SOURCE))

    answer = curve.similarity_at(1e-7)

    assert answer.extrapolated
    assert answer.similarity == pytest.approx(-SCALE * np.log(1e-7), rel=0.1)
    assert not curve.similarity_at(1e-4).extrapolated


def test_no_point_rests_on_fewer_than_thirty_strangers(singles: ScoreSet) -> None:
    mapping = build_curve((singles,), SOURCE)

    assert mapping["smallest_measured_fmr"] == mapping["points"][-1]["fmr"] >= 30 / 1_000_000
    assert mapping["tail"]["from_fmr"] == mapping["smallest_measured_fmr"]
    assert mapping["impostor_pairs"] == 1_000_000


def test_the_worse_of_two_score_sets_decides(singles: ScoreSet) -> None:
    means = ScoreSet(strangers(200_000, shift=0.05, seed=6), singles.genuine)

    curve = load_calibration(build_curve((singles, means), SOURCE))

    assert curve.similarity_at(1e-3).similarity == pytest.approx(
        0.05 - SCALE * np.log(1e-3), abs=0.004
    )


def test_missed_people_are_counted_at_every_point(singles: ScoreSet) -> None:
    for point in build_curve((singles,), SOURCE)["points"]:
        missed = float((singles.genuine < point["similarity"]).mean())
        assert point["fnmr"] == pytest.approx(missed, abs=0.002)


def test_people_filed_under_two_names_do_not_stretch_the_tail() -> None:
    clean = np.sort(strangers(1_000_000))[::-1]
    spoilt = np.sort(np.concatenate([clean, np.full(5, 0.95, np.float32)]))[::-1]

    assert exponential_scale(spoilt) == pytest.approx(exponential_scale(clean), rel=0.1)
    assert exponential_scale(clean) == pytest.approx(SCALE, rel=0.25)
