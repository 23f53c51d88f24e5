"""What is known about one face in view: its looks and what they said. In memory only."""

import math
from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facemark.domain.faces import Embeddings
from facemark.domain.matching.calibration import CalibratedThreshold
from facemark.domain.matching.decision import (
    Evidence,
    MatchDecision,
    MatchPolicy,
    MatchResult,
    decide_match,
    hold_name,
)
from facemark.domain.matching.gallery import Gallery
from facemark.domain.quality import QualityProblem
from facemark.domain.tracking import Attention, Track

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One embedded view, (dimensions,) float32 unit norm. `repr` never shows the numbers."""

    vector: Vector = field(repr=False)
    poor: bool


@dataclass(slots=True)
class WatchedTrack:
    """A track, its latest looks and its standing decision. Forgotten when the track ends."""

    track: Track
    looks: deque[Look] = field(repr=False)
    looks_taken: int = 0
    last_try_s: float | None = None
    last_look_s: float | None = None
    suspect: bool = False
    problems: tuple[QualityProblem, ...] = ()
    result: MatchResult | None = None
    named: MatchResult | None = None
    reported: MatchDecision | None = None

    @property
    def attention(self) -> Attention:
        return Attention(
            looks=self.looks_taken,
            last_look_s=self.last_try_s,
            named=self.decision is MatchDecision.ACCEPTED,
            promising=self.decision is MatchDecision.AMBIGUOUS,
            suspect=self.suspect,
        )

    @property
    def decision(self) -> MatchDecision:
        return MatchDecision.UNKNOWN if self.result is None else self.result.decision

    @property
    def must_be_proven(self) -> bool:
        """A named track that may have changed hands: without a look it cannot keep its name."""
        return self.suspect and self.decision is MatchDecision.ACCEPTED

    @property
    def urgency(self) -> tuple[bool, float]:
        """Sorts first what must be verified, then what waited longest."""
        return not self.suspect, -math.inf if self.last_look_s is None else self.last_look_s

    def take_news(self, *, ended: bool) -> bool:
        """Whether there is a decision that was not reported yet; asking marks it as reported."""
        was, now = self.reported, self.decision
        named = MatchDecision.ACCEPTED
        news = was is not now if named in (was, now) else ended and was is None
        if news:
            self.reported = now
        return news

    def resembles(self, vector: Vector, floor: float) -> bool:
        """Whether a new look shows the face this track has shown so far."""
        if not self.looks:
            return True
        mean = np.mean([look.vector for look in self.looks], axis=0)
        norm = float(np.linalg.norm(mean))
        return norm > 0.0 and float(mean @ vector) / norm >= floor

    def add(self, look: Look, at_s: float) -> None:
        self.looks.append(look)
        self.last_look_s = at_s
        self.looks_taken += 1
        self.suspect = False

    def decide(self, gallery: Gallery, threshold: CalibratedThreshold, policy: MatchPolicy) -> None:
        result = decide_match(gallery, self._evidence(), threshold=threshold, policy=policy)
        if self.named is not None:
            result = hold_name(self.named, result, gallery)
        if result.decision is MatchDecision.ACCEPTED:
            self.named = result
        self.result = result

    def _evidence(self) -> Evidence:
        vectors: Embeddings = (
            np.stack([look.vector for look in self.looks])
            if self.looks
            else np.zeros((0, 0), np.float32)
        )
        return Evidence(vectors, np.array([look.poor for look in self.looks], np.bool_))


def watch_track(track: Track, policy: MatchPolicy) -> WatchedTrack:
    return WatchedTrack(track, deque(maxlen=policy.max_looks))
