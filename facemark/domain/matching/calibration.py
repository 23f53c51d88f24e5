"""What a similarity is worth: an engine's measured curve from similarity to false-match rate."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from facemark.domain.errors import InvalidInput
from facemark.domain.faces import EngineModel

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Shares of pairs at or above (`fmr`, strangers) and below (`fnmr`, same person) it."""

    similarity: float
    fmr: float
    fnmr: float


@dataclass(frozen=True, slots=True)
class CurveTail:
    """Generalised Pareto tail: the false-match rate at and beyond `from_similarity`."""

    from_similarity: float
    from_fmr: float
    scale: float
    shape: float

    def fmr_at(self, similarity: float) -> float:
        beyond = (similarity - self.from_similarity) / self.scale
        if self.shape == 0.0:
            return self.from_fmr * math.exp(-beyond)
        base = 1.0 + self.shape * beyond
        if base <= 0.0:
            return 0.0
        return float(self.from_fmr * math.exp(-math.log(base) / self.shape))

    def similarity_at(self, fmr: float) -> float:
        rarer = math.log(self.from_fmr / fmr)
        if self.shape == 0.0:
            return self.from_similarity + self.scale * rarer
        return self.from_similarity + self.scale * math.expm1(self.shape * rarer) / self.shape


@dataclass(frozen=True, slots=True)
class CalibratedThreshold:
    """`extrapolated`: `fmr` is rarer than anything the calibration set could show."""

    similarity: float
    fmr: float
    extrapolated: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """One engine's curve on one data set; it says nothing about other engines or other faces.

    Measured points up to the tail's start, log-linear in between, the fitted tail beyond. Both
    queries are monotone: a higher similarity is never more likely to be a stranger.
    """

    model: EngineModel
    dataset: str
    points: tuple[CurvePoint, ...]
    tail: CurveTail
    smallest_measured_fmr: float

    def fmr_at(self, similarity: float) -> float:
        """Chance that one stranger is at least this similar to one enrolled person."""
        if similarity >= self.tail.from_similarity:
            return self.tail.fmr_at(similarity)
        knots = self._knots()
        if similarity <= knots[0][0]:
            return 1.0
        right = bisect_left(knots, similarity, key=lambda knot: knot[0])
        (s0, log0), (s1, log1) = knots[right - 1], knots[right]
        return math.exp(log0 + (log1 - log0) * (similarity - s0) / (s1 - s0))

    def similarity_at(self, fmr: float) -> CalibratedThreshold:
        """The lowest similarity whose false-match rate is at most `fmr`.

        It may lie above 1, where nothing is accepted, when the rate asked for is out of reach.
        """
        if not fmr > 0.0:
            raise InvalidInput(
                "fmr_invalid",
                f"a false-match rate of {fmr} cannot be asked for",
                "give more than 0",
            )
        extrapolated = fmr < self.smallest_measured_fmr
        if fmr <= self.tail.from_fmr:
            return CalibratedThreshold(self.tail.similarity_at(fmr), fmr, extrapolated)
        return CalibratedThreshold(self._interpolated(min(fmr, 1.0)), fmr, extrapolated)

    def _interpolated(self, fmr: float) -> float:
        knots = self._knots()
        wanted = math.log(fmr)
        right = max(1, bisect_left(knots, -wanted, key=lambda knot: -knot[1]))
        (s0, log0), (s1, log1) = knots[right - 1], knots[right]
        return s0 + (s1 - s0) * (wanted - log0) / (log1 - log0)

    def _knots(self) -> list[tuple[float, float]]:
        """(similarity, log FMR), from certainty at -1 through the points to the tail's start."""
        tail = self.tail
        measured = [
            (point.similarity, math.log(point.fmr))
            for point in self.points
            if point.similarity < tail.from_similarity and tail.from_fmr < point.fmr < 1.0
        ]
        return [(-1.0, 0.0), *measured, (tail.from_similarity, math.log(tail.from_fmr))]


def load_calibration(data: Mapping[str, Any]) -> Calibration:
    """Read the schema-1 mapping; raises InvalidInput `calibration_invalid` saying what is wrong."""
    try:
        calibration = _parse(data)
    except (KeyError, TypeError, ValueError) as error:
        raise _invalid(f"{type(error).__name__}: {error}") from error
    _check_points(calibration.points)
    _check_tail(calibration)
    return calibration


def _parse(data: Mapping[str, Any]) -> Calibration:
    if data["schema"] != SCHEMA:
        raise ValueError(f"schema {data['schema']!r} is not {SCHEMA}")
    tail = data["tail"]
    return Calibration(
        model=EngineModel(str(data["engine"]), str(data["model_hash"]), int(data["dimensions"])),
        dataset=str(data["dataset"]),
        points=tuple(
            CurvePoint(float(p["similarity"]), float(p["fmr"]), float(p["fnmr"]))
            for p in data["points"]
        ),
        tail=CurveTail(
            float(tail["from_similarity"]),
            float(tail["from_fmr"]),
            float(tail["scale"]),
            float(tail["shape"]),
        ),
        smallest_measured_fmr=float(data["smallest_measured_fmr"]),
    )


def _check_points(points: Sequence[CurvePoint]) -> None:
    if not points:
        raise _invalid("it has no points")
    for point in points:
        if not (-1.0 <= point.similarity <= 1.0 and 0.0 < point.fmr <= 1.0):
            raise _invalid(f"the point at {point.similarity} is out of range")
    for low, high in pairwise(points):
        if not (low.similarity < high.similarity and low.fmr > high.fmr):
            raise _invalid(f"the points at {low.similarity} and {high.similarity} are out of order")


def _check_tail(calibration: Calibration) -> None:
    tail = calibration.tail
    usable = (
        -1.0 < tail.from_similarity < 1.0
        and 0.0 < tail.from_fmr < 1.0
        and tail.scale > 0.0
        and math.isfinite(tail.scale)
        and math.isfinite(tail.shape)
        and 0.0 < calibration.smallest_measured_fmr < 1.0
    )
    if not usable:
        raise _invalid("its tail is out of range")


def _invalid(what: str) -> InvalidInput:
    return InvalidInput(
        "calibration_invalid",
        f"the calibration curve cannot be used: {what}",
        "measure it again with the calibration script, or reinstall",
    )
