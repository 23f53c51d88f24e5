"""From scores to the calibration curve that an engine ships with."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._scores import Scores, ScoreSet

SCHEMA = 1
HIGHEST_FMR = 0.1
POINTS_PER_DECADE = 10
# With 30 exceedances the standard error of a rate is 18 % of it.
FEWEST_EXCEEDANCES = 30
# The tail is fitted to the scores above this rate: rare enough to be tail, thousands of scores.
FIT_FMR = 1e-4
FEWEST_TO_FIT = 100


@dataclass(frozen=True, slots=True)
class CurveSource:
    engine: str
    model_hash: str
    dimensions: int
    dataset: str
    images: int
    people: int


@dataclass(frozen=True, slots=True)
class Tail:
    """Generalised Pareto: P(score > from + x) = from_fmr · (1 + shape·x/scale)^(-1/shape)."""

    start: float
    fmr: float
    scale: float
    shape: float


def build_curve(scores: tuple[ScoreSet, ...], source: CurveSource) -> dict[str, Any]:
    """The schema-1 mapping of the worst case over the score sets.

    A similarity's false-match rate is the highest, its false-non-match rate the highest that any
    of the sets shows: which of them applies depends on how many photos a person has enrolled.
    """
    impostor = [np.sort(one.impostor)[::-1] for one in scores]
    genuine = [np.sort(one.genuine) for one in scores]
    rates = _log_rates(max(FEWEST_EXCEEDANCES / len(one) for one in impostor))
    points: list[dict[str, float]] = []
    for rate in rates:
        similarity = max(_similarity_at(one, rate) for one in impostor)
        fmr = max(_share_from(one, similarity) for one in impostor)
        fnmr = max(float(np.searchsorted(one, similarity)) / len(one) for one in genuine)
        if not points or (similarity > points[-1]["similarity"] and fmr < points[-1]["fmr"]):
            points.append({"similarity": round(similarity, 6), "fmr": fmr, "fnmr": fnmr})
    last = points[-1]
    # LFW files some people under two names; those few pairs are all that is left of the scores of
    # single photos at the far end. The set that gives the last point carries the tail.
    leading = max(impostor, key=lambda one: _share_from(one, last["similarity"]))
    tail = fit_tail(leading, start=last["similarity"], start_fmr=last["fmr"])
    return {
        "schema": SCHEMA,
        "engine": source.engine,
        "model_hash": source.model_hash,
        "dimensions": source.dimensions,
        "dataset": source.dataset,
        "images": source.images,
        "people": source.people,
        "impostor_pairs": sum(len(one) for one in impostor),
        "genuine_pairs": sum(len(one) for one in genuine),
        "points": points,
        "tail": {
            "from_similarity": last["similarity"],
            "from_fmr": last["fmr"],
            "scale": tail.scale,
            "shape": tail.shape,
            "extrapolated": True,
        },
        "smallest_measured_fmr": last["fmr"],
    }


def fit_tail(descending: Scores, *, start: float, start_fmr: float) -> Tail:
    """Probability-weighted moments (Hosking and Wallis 1987) above the FIT_FMR quantile.

    A fitted shape below zero would promise that no stranger ever exceeds some similarity; no data
    can show that, so the exponential (shape 0) is taken instead. Above any higher start a
    generalised Pareto keeps its shape, and its scale grows by shape times the distance.
    """
    count = min(len(descending) - 1, max(FEWEST_TO_FIT, round(FIT_FMR * len(descending))))
    threshold = float(descending[count])
    excess = np.asarray(descending[:count], np.float64)[::-1] - threshold
    rank_share = (np.arange(1, count + 1) - 0.35) / count
    mean = float(excess.mean())
    weighted = float((excess * (1.0 - rank_share)).mean())
    shape = 2.0 - mean / (mean - 2.0 * weighted)
    if shape <= 0.0:
        return Tail(start, start_fmr, mean, 0.0)
    scale = 2.0 * mean * weighted / (mean - 2.0 * weighted)
    return Tail(start, start_fmr, scale + shape * (start - threshold), shape)


def _log_rates(smallest: float) -> NDArray[np.float64]:
    decades = np.log10(HIGHEST_FMR) - np.log10(smallest)
    steps = np.arange(int(decades * POINTS_PER_DECADE) + 1)
    return np.asarray(HIGHEST_FMR * 10.0 ** (-steps / POINTS_PER_DECADE), np.float64)


def _similarity_at(descending: Scores, rate: float) -> float:
    """The lowest score that at most this share of the scores reaches."""
    return float(descending[max(0, int(rate * len(descending)) - 1)])


def _share_from(descending: Scores, similarity: float) -> float:
    reached = len(descending) - int(np.searchsorted(descending[::-1], similarity, side="left"))
    return reached / len(descending)
