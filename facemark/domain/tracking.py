"""Faces from frame to frame: which detection continues which track, and which needs a look."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from facemark.domain.faces import Box, Frame

Thumbnail = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TrackingPolicy:
    """Lengths are in face sizes (geometric mean of width and height), times in seconds.

    A detection continues a track when it overlaps it by `min_iou`, or lies within `max_shift` plus
    `max_speed` per second since. `loose_after_s`: after a longer gap the position alone proves
    nothing. `cut_change`: mean change of a thumbnail over its mean grey; on a staged recording
    with three cuts these gave 0.95 to 1.22 and no other frame more than 0.43.
    """

    min_iou: float = 0.3
    max_shift: float = 0.3
    max_speed: float = 4.0
    max_reach: float = 1.5
    max_size_ratio: float = 1.6
    loose_after_s: float = 0.3
    max_gap_s: float = 1.0
    cut_change: float = 0.7


@dataclass(frozen=True, slots=True)
class Track:
    """One face followed through consecutive frames; not yet an identity."""

    id: int
    box: Box
    first_seen_s: float
    last_seen_s: float


@dataclass(frozen=True, slots=True)
class TrackStep:
    """What one frame did. `seen`: (track, index of its box) by index, births included.

    `loose`: ids whose continuation must be verified by a look before it may be believed.
    """

    seen: tuple[tuple[Track, int], ...]
    loose: frozenset[int]
    ended: tuple[Track, ...]


@dataclass(slots=True)
class Tracker:
    """Deterministic; time comes with the frames and must not go backwards."""

    policy: TrackingPolicy = field(default_factory=TrackingPolicy)
    _tracks: dict[int, Track] = field(default_factory=dict)
    _next_id: int = 1

    def advance(self, boxes: Sequence[Box], now_s: float) -> TrackStep:
        """Continue, start and age tracks with the boxes of the frame at `now_s`."""
        ended = self._take_stale(now_s)
        pairs = _assign(list(self._tracks.values()), boxes, now_s, self.policy)
        loose = frozenset(
            track.id for track, index in pairs if self._is_loose(track, boxes[index], now_s)
        )
        seen = [
            (replace(track, box=boxes[index], last_seen_s=now_s), index) for track, index in pairs
        ]
        taken = {index for _, index in pairs}
        free = [index for index in range(len(boxes)) if index not in taken]
        seen += [(self._new(boxes[index], now_s), index) for index in free]
        self._tracks.update({track.id: track for track, _ in seen})
        return TrackStep(tuple(sorted(seen, key=lambda pair: pair[1])), loose, ended)

    def split(self, track: Track) -> Track:
        """The face in this track is another one now: end it and start anew from where it is."""
        del self._tracks[track.id]
        fresh = self._new(track.box, track.last_seen_s)
        self._tracks[fresh.id] = fresh
        return fresh

    def end_all(self) -> tuple[Track, ...]:
        """At a scene cut or the end: positions before it say nothing about those after it."""
        ended = tuple(self._tracks.values())
        self._tracks.clear()
        return ended

    def _new(self, box: Box, now_s: float) -> Track:
        track = Track(self._next_id, box, now_s, now_s)
        self._next_id += 1
        return track

    def _take_stale(self, now_s: float) -> tuple[Track, ...]:
        limit = self.policy.max_gap_s
        stale = [t for t in self._tracks.values() if now_s - t.last_seen_s > limit]
        for track in stale:
            del self._tracks[track.id]
        return tuple(stale)

    def _is_loose(self, track: Track, box: Box, now_s: float) -> bool:
        gap = now_s - track.last_seen_s
        return gap > self.policy.loose_after_s or iou(track.box, box) < self.policy.min_iou


def iou(a: Box, b: Box) -> float:
    """Intersection over union, 0 to 1."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a.width * a.height + b.width * b.height - shared)


def thumbnail(frame: Frame) -> Thumbnail:
    """Every nth pixel, about 40 along the longer side, grey, float32."""
    step = max(1, max(frame.shape[:2]) // 40)
    grey: Thumbnail = frame[step // 2 :: step, step // 2 :: step].mean(axis=2, dtype=np.float32)
    return grey


def is_cut(before: Thumbnail, after: Thumbnail, policy: TrackingPolicy) -> bool:
    """Whether the picture changed as a whole. Missing one is survivable, see `Tracker.split`."""
    if before.shape != after.shape:
        return True
    level = max(8.0, (float(before.mean()) + float(after.mean())) / 2)
    return float(np.abs(after - before).mean()) / level >= policy.cut_change


def _assign(
    tracks: Sequence[Track], boxes: Sequence[Box], now_s: float, policy: TrackingPolicy
) -> list[tuple[Track, int]]:
    """Greedy, best fit first: overlapping pairs by IoU, then the nearest of the others."""
    fits = [
        (fit, track.id, index, track)
        for track in tracks
        for index, box in enumerate(boxes)
        if (fit := _fit(track, box, now_s, policy)) is not None
    ]
    pairs: list[tuple[Track, int]] = []
    used_tracks: set[int] = set()
    used_boxes: set[int] = set()
    for _, track_id, index, track in sorted(fits, key=lambda f: (-f[0], f[1], f[2])):
        if track_id not in used_tracks and index not in used_boxes:
            used_tracks.add(track_id)
            used_boxes.add(index)
            pairs.append((track, index))
    return pairs


def _fit(track: Track, box: Box, now_s: float, policy: TrackingPolicy) -> float | None:
    """1 + IoU for overlapping boxes, minus the distance for others, None for no match."""
    size, other = _size(track.box), _size(box)
    if max(size, other) > policy.max_size_ratio * min(size, other):
        return None
    overlap = iou(track.box, box)
    if overlap >= policy.min_iou:
        return 1.0 + overlap
    distance = hypot(*(p - q for p, q in zip(_centre(track.box), _centre(box), strict=True)))
    reach = policy.max_shift + policy.max_speed * (now_s - track.last_seen_s)
    shift = distance / min(size, other)
    return -shift if shift <= min(reach, policy.max_reach) else None


def _size(box: Box) -> float:
    return max(1.0, sqrt(max(0.0, box.width * box.height)))


def _centre(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


@dataclass(frozen=True, slots=True)
class LookPolicy:
    """When a track is worth an embedding, the costly step.

    An undecided track gets `eager_looks` at `first_interval_s`, twice as many while it is
    promising, then ever rarer ones up to `longest_interval_s`; a named one is verified every
    `verify_interval_s`. At most
    `max_per_frame` faces of one frame are embedded, those that waited longest first.
    `economy` False embeds every face of every frame, for comparison.
    """

    first_interval_s: float = 0.06
    eager_looks: int = 8
    longest_interval_s: float = 2.0
    verify_interval_s: float = 1.0
    max_per_frame: int = 6
    economy: bool = True


@dataclass(frozen=True, slots=True)
class Attention:
    """What a track has had so far. `last_look_s` None: never looked at. `promising`: its looks
    resemble somebody, but do not suffice yet.
    """

    looks: int = 0
    last_look_s: float | None = None
    named: bool = False
    promising: bool = False
    suspect: bool = False


def needs_embedding(attention: Attention, now_s: float, policy: LookPolicy) -> bool:
    """Whether this face should be embedded now, quality allowing."""
    if not policy.economy or attention.suspect or attention.last_look_s is None:
        return True
    return now_s - attention.last_look_s >= look_interval_s(attention, policy)


def look_interval_s(attention: Attention, policy: LookPolicy) -> float:
    if attention.named:
        return policy.verify_interval_s
    eager_looks = policy.eager_looks * (2 if attention.promising else 1)
    doublings = max(0, attention.looks + 1 - eager_looks)
    return min(policy.first_interval_s * 2.0 ** min(doublings, 30), policy.longest_interval_s)
