"""From scores to the calibration curve that an engine ships with."""

import math
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
        fnmr = max(_share_below(one, similarity) for one in genuine)
        if not points or (similarity > points[-1]["similarity"] and fmr < points[-1]["fmr"]):
            points.append({"similarity": round(similarity, 6), "fmr": fmr, "fnmr": fnmr})
    last = points[-1]
    # The set that gives the last point carries the tail on.
    leading = max(impostor, key=lambda one: _share_from(one, last["similarity"]))
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
            "scale": exponential_scale(leading),
            "shape": 0.0,
            "extrapolated": True,
        },
        "smallest_measured_fmr": last["fmr"],
    }


def exponential_scale(descending: Scores) -> float:
    """Scale of the exponential through the scores above the FIT_FMR quantile.

    From the median excess, not the mean: LFW files some people under two names, and those pairs,
    a few hundredths of the fitted scores, would stretch the tail. Shape 0 is the generalised
    Pareto's boundary: below it no stranger could ever pass some similarity, which no data shows.
    """
    count = min(len(descending) - 1, max(FEWEST_TO_FIT, round(FIT_FMR * len(descending))))
    excess = descending[:count].astype(np.float64) - float(descending[count])
    return float(np.median(excess)) / math.log(2.0)


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


def _share_below(ascending: Scores, similarity: float) -> float:
    """0 where nobody has a second photo: then nothing is known to be missed."""
    return int(np.searchsorted(ascending, similarity)) / max(1, len(ascending))
