"""Is this face somebody we know? A threshold for the gallery's size, a margin, several looks."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from facemark.domain.faces import Embeddings
from facemark.domain.ids import PersonId
from facemark.domain.matching.calibration import CalibratedThreshold, Calibration
from facemark.domain.matching.gallery import Candidates, Gallery, rank_people


class MatchDecision(StrEnum):
    ACCEPTED = "accepted"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MatchPolicy:
    """`target_fpir`: chance that one look at a stranger passes the threshold for anybody enrolled.

    At a margin of `high_margin` or more between the two best people `frames_at_high_margin` looks
    must agree, below it `frames_at_low_margin`; under `low_margin` nobody is named. A look at a
    poor face is worth `poor_look_worth` of a good one: strangers of 8 to 16 pixels between the eyes
    pass no oftener than large ones, but their looks err together.
    """

    target_fpir: float = 0.003
    high_margin: float = 0.15
    low_margin: float = 0.05
    frames_at_high_margin: int = 2
    frames_at_low_margin: int = 4
    poor_look_worth: float = 0.5
    max_looks: int = 12


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The looks at one track. `vectors`: (n, dimensions) unit float32; `poor`: (n,) bool."""

    vectors: Embeddings
    poor: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What the looks say. `person_id` is set only when accepted.

    `similarity` is the weighted mean over the looks of the cosine with the best person,
    `runner_up_similarity` the same for the second best *person*, `margin` their difference.
    `frames_agreed` counts looks that name the best person at or above the threshold;
    `contradicted`: at least one look names somebody else at or above it.
    """

    decision: MatchDecision
    person_id: PersonId | None
    similarity: float | None
    runner_up_similarity: float | None
    threshold: float
    margin: float | None
    frames_agreed: int
    contradicted: bool
    extrapolated: bool


@dataclass(frozen=True, slots=True)
class FalsePositiveRates:
    """Chances that a stranger is named, for one policy and gallery size.

    `per_frame`: one look passes the threshold for somebody. `per_track`: one track that is looked
    at `looks` times ends accepted; an upper bound, see `false_positive_rates`.
    """

    per_frame: float
    per_track: float
    looks: int
    extrapolated: bool


def choose_threshold(
    calibration: Calibration, people: int, policy: MatchPolicy
) -> CalibratedThreshold:
    """FPIR = 1 - (1 - FMR)^N is at most N * FMR, so the rate asked of one comparison is FPIR / N.

    An empty gallery gets the threshold of one person.
    """
    return calibration.similarity_at(policy.target_fpir / max(people, 1))


def false_positive_rates(
    calibration: Calibration, people: int, policy: MatchPolicy, *, looks: int
) -> FalsePositiveRates:
    """Both rates, assuming faces like those of the calibration set.

    Looks at one track are strongly correlated, so their rates must not be multiplied. The bound
    needs no independence: with `looks` looks the expected number that pass is `looks * per_frame`
    whatever their dependence, and naming takes at least `frames_at_high_margin` of them, so by
    Markov's inequality at most `looks * per_frame / frames_at_high_margin` tracks are named.
    Perfectly correlated looks give `per_frame`; the truth lies between the two.
    """
    threshold = choose_threshold(calibration, people, policy)
    per_frame = min(1.0, people * calibration.fmr_at(threshold.similarity))
    needed = max(1, policy.frames_at_high_margin)
    return FalsePositiveRates(
        per_frame=per_frame,
        per_track=0.0 if looks < needed else min(1.0, looks * per_frame / needed),
        looks=looks,
        extrapolated=threshold.extrapolated,
    )


def decide_match(
    gallery: Gallery,
    evidence: Evidence,
    *,
    threshold: CalibratedThreshold,
    policy: MatchPolicy,
) -> MatchResult:
    """Who the looks of one track show, if anybody.

    The cosines are averaged and the mean vector is not renormalised: the mean of correlated looks
    varies less than one look, so the curve measured on single looks errs on the safe side.
    Renormalising would lift strangers and acquaintances alike above what was calibrated.
    """
    if len(gallery) == 0 or len(evidence.vectors) == 0:
        return _nobody(threshold)
    scores = gallery.similarities(evidence.vectors)
    worth = np.where(evidence.poor, policy.poor_look_worth, 1.0).astype(np.float32)
    mean = np.average(scores, axis=0, weights=worth).astype(np.float32)
    (best,) = rank_people(gallery.people, mean[np.newaxis])
    looks = rank_people(gallery.people, scores)
    named = [_name(look, threshold) for look in looks]
    agreed = np.array([person is not None and person == best.person_id for person in named])
    others = {person for person in named if person is not None} - {best.person_id}
    decision = _judge(
        best,
        threshold,
        agreement=float(worth[agreed].sum()),
        contradicted=bool(others),
        policy=policy,
    )
    return MatchResult(
        decision=decision,
        person_id=best.person_id if decision is MatchDecision.ACCEPTED else None,
        similarity=best.similarity,
        runner_up_similarity=best.runner_up_similarity,
        threshold=threshold.similarity,
        margin=_margin(best),
        frames_agreed=int(agreed.sum()),
        contradicted=bool(others),
        extrapolated=threshold.extrapolated,
    )


def hold_name(held: MatchResult, now: MatchResult, gallery: Gallery) -> MatchResult:
    """What a named track says after more looks: a name is kept, questioned or withdrawn.

    Weak looks (turned away, blurred) do not take a name back; looks that would name somebody else
    or contradict each other make the track ambiguous; a person who left the gallery, as by
    withdrawing consent, is no longer named.
    """
    if held.person_id not in gallery.people:
        return now if now.decision is not MatchDecision.ACCEPTED else _questioned(now)
    if now.contradicted:
        return _questioned(now)
    if now.decision is not MatchDecision.ACCEPTED:
        return held
    return now if now.person_id == held.person_id else _questioned(now)


def _questioned(result: MatchResult) -> MatchResult:
    return replace(result, decision=MatchDecision.AMBIGUOUS, person_id=None)


def _judge(
    best: Candidates,
    threshold: CalibratedThreshold,
    *,
    agreement: float,
    contradicted: bool,
    policy: MatchPolicy,
) -> MatchDecision:
    if best.similarity is None or best.similarity < threshold.similarity:
        torn = contradicted and agreement > 0
        return MatchDecision.AMBIGUOUS if torn else MatchDecision.UNKNOWN
    margin = _margin(best)
    if contradicted or (margin is not None and margin < policy.low_margin):
        return MatchDecision.AMBIGUOUS
    enough = agreement >= _frames_needed(margin, policy)
    return MatchDecision.ACCEPTED if enough else MatchDecision.AMBIGUOUS


def _frames_needed(margin: float | None, policy: MatchPolicy) -> int:
    """With nobody else enrolled there is no margin to lean on, so it counts as a low one."""
    if margin is not None and margin >= policy.high_margin:
        return policy.frames_at_high_margin
    return policy.frames_at_low_margin


def _margin(best: Candidates) -> float | None:
    if best.similarity is None or best.runner_up_similarity is None:
        return None
    return best.similarity - best.runner_up_similarity


def _name(look: Candidates, threshold: CalibratedThreshold) -> PersonId | None:
    if look.similarity is None or look.similarity < threshold.similarity:
        return None
    return look.person_id


def _nobody(threshold: CalibratedThreshold) -> MatchResult:
    return MatchResult(
        decision=MatchDecision.UNKNOWN,
        person_id=None,
        similarity=None,
        runner_up_similarity=None,
        threshold=threshold.similarity,
        margin=None,
        frames_agreed=0,
        contradicted=False,
        extrapolated=threshold.extrapolated,
    )
