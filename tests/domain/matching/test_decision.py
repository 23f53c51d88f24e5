from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.faces import EngineModel
from facemark.domain.ids import PersonId, TemplateId
from facemark.domain.matching.calibration import (
    CalibratedThreshold,
    Calibration,
    CurvePoint,
    CurveTail,
)
from facemark.domain.matching.decision import (
    Evidence,
    MatchDecision,
    MatchPolicy,
    MatchResult,
    choose_threshold,
    decide_match,
    false_positive_rates,
    hold_name,
)
from facemark.domain.matching.gallery import Gallery
from facemark.domain.templates import Template

ALICE, BOB, CHARLIE = (PersonId(UUID(int=n)) for n in (1, 2, 3))
MODEL = EngineModel("fake", "0" * 64, 4)
POLICY = MatchPolicy(
    high_margin=0.2,
    low_margin=0.05,
    frames_at_high_margin=2,
    frames_at_low_margin=4,
    poor_look_worth=0.25,
)
THRESHOLD = CalibratedThreshold(0.4, 1e-3, extrapolated=False)
CALIBRATION = Calibration(
    model=MODEL,
    dataset="made up",
    points=(CurvePoint(0.2, 0.1, 0.0), CurvePoint(0.4, 1e-3, 0.0)),
    tail=CurveTail(0.5, 1e-4, 0.03, 0.0),
    smallest_measured_fmr=1e-6,
)


def gallery_of(*people: PersonId) -> Gallery:
    """Person n sits on axis n, so a look's coordinates are its similarities."""
    made_at = datetime(2026, 9, 1, tzinfo=UTC)
    return Gallery.build(
        [
            Template(TemplateId(UUID(int=n)), person, MODEL, made_at, np.eye(4, dtype="f4")[n])
            for n, person in enumerate(people)
        ],
        version=1,
    )


def look(alice: float, bob: float = 0.0) -> list[float]:
    return [alice, bob, 0.0, (1 - alice**2 - bob**2) ** 0.5]


def decide(
    *looks: list[float], poor: Collection[int] = (), gallery: Gallery | None = None
) -> MatchResult:
    flags = np.array([index in poor for index in range(len(looks))], np.bool_)
    evidence = Evidence(np.array(looks, np.float32).reshape(-1, 4), flags)
    return decide_match(
        gallery_of(ALICE, BOB) if gallery is None else gallery,
        evidence,
        threshold=THRESHOLD,
        policy=POLICY,
    )


def test_two_clear_looks_that_agree_name_the_person() -> None:
    result = decide(look(0.7), look(0.6))
    assert result.decision is MatchDecision.ACCEPTED
    assert result.person_id == ALICE
    assert result.similarity == pytest.approx(0.65)
    assert result.margin == pytest.approx(0.65)
    assert result.frames_agreed == 2


def test_one_look_is_never_enough_however_clear() -> None:
    result = decide(look(0.99))
    assert result.decision is MatchDecision.AMBIGUOUS
    assert result.person_id is None


def test_a_low_margin_asks_for_more_looks() -> None:
    assert decide(*[look(0.6, 0.5)] * 3).decision is MatchDecision.AMBIGUOUS
    assert decide(*[look(0.6, 0.5)] * 4).person_id == ALICE


def test_two_people_who_look_alike_stay_ambiguous_however_long_one_looks() -> None:
    result = decide(*[look(0.6, 0.58)] * 12)
    assert result.decision is MatchDecision.AMBIGUOUS
    assert result.runner_up_similarity == pytest.approx(0.58, abs=1e-6)


def test_a_face_below_the_threshold_is_unknown() -> None:
    result = decide(*[look(0.39)] * 12)
    assert result.decision is MatchDecision.UNKNOWN
    assert result.similarity == pytest.approx(0.39, abs=1e-6)
    assert result.frames_agreed == 0


def test_a_single_high_look_does_not_lift_a_stranger_over_the_threshold() -> None:
    assert decide(look(0.6), *[look(0.2)] * 5).decision is MatchDecision.UNKNOWN


def test_looks_that_name_two_people_are_ambiguous_not_the_more_frequent_one() -> None:
    result = decide(*[look(0.7)] * 5, look(0.1, 0.7))
    assert result.decision is MatchDecision.AMBIGUOUS
    assert result.contradicted


def test_conflicting_looks_are_ambiguous_even_when_their_mean_is_low() -> None:
    assert decide(look(0.6), look(0.0, 0.6)).decision is MatchDecision.AMBIGUOUS


def test_a_poor_look_counts_for_a_quarter() -> None:
    seven = decide(*[look(0.5)] * 7, poor=range(7))
    eight = decide(*[look(0.5)] * 8, poor=range(8))
    assert seven.decision is MatchDecision.AMBIGUOUS
    assert eight.decision is MatchDecision.ACCEPTED


def test_with_nobody_else_enrolled_the_higher_count_of_looks_is_asked_for() -> None:
    only = gallery_of(ALICE)
    assert decide(*[look(0.9)] * 3, gallery=only).decision is MatchDecision.AMBIGUOUS
    assert decide(*[look(0.9)] * 4, gallery=only).person_id == ALICE


def test_nobody_enrolled_or_nothing_seen_is_unknown() -> None:
    assert decide(look(0.9), gallery=gallery_of()).decision is MatchDecision.UNKNOWN
    nothing = decide()
    assert nothing.decision is MatchDecision.UNKNOWN
    assert nothing.similarity is None


@given(
    st.lists(
        st.tuples(st.floats(-0.7, 0.7), st.floats(-0.7, 0.7), st.booleans()),
        min_size=1,
        max_size=12,
    )
)
def test_whoever_is_named_passed_every_condition(drawn: list[tuple[float, float, bool]]) -> None:
    looks = [look(a, b) for a, b, _ in drawn]
    poor = [index for index, item in enumerate(drawn) if item[2]]
    result = decide(*looks, poor=poor)
    assert (result.person_id is not None) == (result.decision is MatchDecision.ACCEPTED)
    if result.decision is MatchDecision.ACCEPTED:
        assert result.similarity is not None
        assert result.margin is not None
        assert result.similarity >= THRESHOLD.similarity
        assert result.margin >= POLICY.low_margin
        assert result.frames_agreed >= POLICY.frames_at_high_margin
        assert not result.contradicted


class TestANameOnceGiven:
    held = decide(look(0.7), look(0.7))

    def test_is_kept_when_later_looks_are_weak(self) -> None:
        weak = decide(*[look(0.2)] * 12)
        assert hold_name(self.held, weak, gallery_of(ALICE, BOB)) == self.held

    def test_is_kept_and_updated_when_later_looks_agree(self) -> None:
        again = decide(look(0.8), look(0.8))
        assert hold_name(self.held, again, gallery_of(ALICE, BOB)) == again

    def test_is_questioned_not_replaced_when_looks_name_somebody_else(self) -> None:
        other = decide(look(0.0, 0.7), look(0.0, 0.7))
        assert other.person_id == BOB
        result = hold_name(self.held, other, gallery_of(ALICE, BOB))
        assert result.decision is MatchDecision.AMBIGUOUS
        assert result.person_id is None

    def test_is_questioned_by_a_single_clear_contradiction(self) -> None:
        mixed = decide(*[look(0.7)] * 4, look(0.0, 0.7))
        result = hold_name(self.held, mixed, gallery_of(ALICE, BOB))
        assert result.decision is MatchDecision.AMBIGUOUS

    def test_ends_when_the_person_leaves_the_gallery(self) -> None:
        left = gallery_of(BOB)
        now = decide(look(0.0), look(0.0), gallery=left)
        assert hold_name(self.held, now, left).person_id is None

    def test_is_not_handed_to_the_next_best_when_the_person_leaves_the_gallery(self) -> None:
        left = gallery_of(CHARLIE, BOB)
        now = decide(look(0.7), look(0.7), gallery=left)
        assert now.person_id == CHARLIE
        assert hold_name(self.held, now, left).decision is MatchDecision.AMBIGUOUS


def test_the_threshold_rises_with_the_number_of_people() -> None:
    thresholds = [choose_threshold(CALIBRATION, n, POLICY).similarity for n in (0, 1, 10, 1000)]
    assert thresholds[0] == thresholds[1]
    assert thresholds[1] < thresholds[2] < thresholds[3]


@given(people=st.integers(1, 100_000), target=st.floats(1e-5, 0.1))
def test_one_look_at_a_stranger_passes_no_oftener_than_asked(people: int, target: float) -> None:
    policy = MatchPolicy(target_fpir=target)
    rates = false_positive_rates(CALIBRATION, people, policy, looks=1)
    assert rates.per_frame <= target * (1 + 1e-6)


def test_the_rate_per_track_grows_with_the_looks_and_never_multiplies_them_away() -> None:
    rates = [false_positive_rates(CALIBRATION, 50, POLICY, looks=n) for n in (1, 2, 12)]
    assert [rate.per_track for rate in rates] == pytest.approx([0.0, 0.003, 0.018])
    assert all(rate.per_frame == pytest.approx(0.003) for rate in rates)


def test_no_dependence_between_looks_beats_the_rate_per_track() -> None:
    """The worst case for a given rate per look: strangers who pass do so exactly twice."""
    strangers, looks, per_frame = 200_000, 6, 0.01
    passing = round(strangers * looks * per_frame / 2)
    policy = MatchPolicy(target_fpir=per_frame)
    bound = false_positive_rates(CALIBRATION, 1, policy, looks=looks).per_track
    assert passing / strangers <= bound * (1 + 1e-6)
