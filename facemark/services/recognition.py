"""The way of a face: detect, follow, look where it is worth it, decide. No I/O, one thread."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from facemark.domain.errors import Conflict
from facemark.domain.faces import Box, Face, Frame
from facemark.domain.ids import PersonId
from facemark.domain.matching.calibration import Calibration
from facemark.domain.matching.decision import MatchDecision, MatchPolicy, choose_threshold
from facemark.domain.matching.gallery import Gallery
from facemark.domain.quality import (
    RECOGNITION_LIMITS,
    USABLE_LIMITS,
    QualityLimits,
    QualityProblem,
    judge_quality,
)
from facemark.domain.tracking import (
    LookPolicy,
    Thumbnail,
    Track,
    Tracker,
    TrackingPolicy,
    TrackStep,
    is_cut,
    needs_embedding,
    thumbnail,
)
from facemark.services.ports.vision import FaceEngine, QualityMeter, TimedFrame
from facemark.services.recognition_tracks import Look, WatchedTrack, watch_track


@dataclass(frozen=True, slots=True)
class RecognitionPolicy:
    """`good`: limits of a look that counts fully. `usable`: outside these no look is taken at all;
    in between a look counts as poor. `same_face`: least cosine between a look and the mean of its
    track; under it another face has taken the track over. On a stage recording 99 %
    of the looks at one face stayed above 0.41; two strangers reach 0.4 twice in 10,000 pairs. A
    wrong split costs no more than the looks of a new track.
    """

    match: MatchPolicy = field(default_factory=MatchPolicy)
    tracking: TrackingPolicy = field(default_factory=TrackingPolicy)
    looks: LookPolicy = field(default_factory=LookPolicy)
    good: QualityLimits = RECOGNITION_LIMITS
    usable: QualityLimits = USABLE_LIMITS
    same_face: float = 0.4


@dataclass(frozen=True, slots=True)
class Sighting:
    """One track at one frame, or at its end.

    `newly_decided`: this is the moment to report it; true when the track is named, when that name
    is questioned or withdrawn, and at the end of a track that was never named. `first_seen_s` is
    when the track began: when the person was there. `person_id` is set only when accepted.
    `similarity` None: no look was taken.
    """

    track_id: int
    box: Box
    decision: MatchDecision
    person_id: PersonId | None
    similarity: float | None
    threshold: float
    position_s: float
    first_seen_s: float
    newly_decided: bool
    ended: bool
    problems: tuple[QualityProblem, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A face in view that is worth an embedding."""

    watched: WatchedTrack
    face: Face
    poor: bool
    usable: bool


class Recogniser:
    """Feed it the frames of one source in order.

    `gallery` is asked at every frame with a track in it, before anything is decided: whoever has
    left it is not named, not even on a running track. Looks are forgotten with their track.
    """

    def __init__(
        self,
        engine: FaceEngine,
        meter: QualityMeter,
        *,
        gallery: Callable[[], Gallery],
        calibration: Calibration,
        policy: RecognitionPolicy | None = None,
    ) -> None:
        self._engine = engine
        self._meter = meter
        self._gallery = gallery
        self._calibration = calibration
        self._policy = policy or RecognitionPolicy()
        self._tracker = Tracker(self._policy.tracking)
        self._watched: dict[int, WatchedTrack] = {}
        self._thumbnail: Thumbnail | None = None
        self._decided_with: Gallery | None = None
        self._threshold = choose_threshold(calibration, 0, self._policy.match)
        self.faces_embedded = 0

    def process(self, frame: TimedFrame) -> list[Sighting]:
        """The tracks that ended, then every face in view.

        Raises Conflict `gallery_model_differs` for a gallery made by another model.
        """
        ended = self._end_at_cut(frame.image)
        faces = self._engine.detect(frame.image)
        step = self._tracker.advance([face.box for face in faces], frame.position_s)
        ended += [self._watched.pop(track.id) for track in step.ended]
        in_view = self._follow(step, faces)
        looked = self._look(frame, self._due(frame, in_view, ended), ended)
        self._decide(looked)
        return [
            *(self._report(watched, frame.position_s, ended=True) for watched in ended),
            *(
                self._report(watched, frame.position_s, ended=False)
                for watched in self._watched.values()
                if watched.track.last_seen_s == frame.position_s
            ),
        ]

    def finish(self) -> list[Sighting]:
        """The source has ended: what became of the tracks that were still open."""
        ended = [self._watched.pop(track.id) for track in self._tracker.end_all()]
        return [self._report(w, w.track.last_seen_s, ended=True) for w in ended]

    def _end_at_cut(self, image: Frame) -> list[WatchedTrack]:
        before, self._thumbnail = self._thumbnail, thumbnail(image)
        if before is None or not is_cut(before, self._thumbnail, self._policy.tracking):
            return []
        return [self._watched.pop(track.id) for track in self._tracker.end_all()]

    def _follow(self, step: TrackStep, faces: Sequence[Face]) -> list[tuple[WatchedTrack, Face]]:
        in_view = []
        for track, index in step.seen:
            watched = self._watched.get(track.id) or self._start(track)
            watched.track = track
            watched.suspect = watched.suspect or track.id in step.loose
            in_view.append((watched, faces[index]))
        return in_view

    def _start(self, track: Track) -> WatchedTrack:
        self._watched[track.id] = watch_track(track, self._policy.match)
        return self._watched[track.id]

    def _due(
        self,
        frame: TimedFrame,
        in_view: Iterable[tuple[WatchedTrack, Face]],
        ended: list[WatchedTrack],
    ) -> list[_Candidate]:
        """The faces to embed now; hopeless ones are left out and asked again soon."""
        looks = self._policy.looks
        due = []
        for watched, face in in_view:
            if not needs_embedding(watched.attention, frame.position_s, looks):
                continue
            candidate = self._grade(frame, watched, face)
            if candidate.usable or not looks.economy:
                due.append(candidate)
            elif watched.must_be_proven:
                self._start_anew(watched, ended)
        if not looks.economy:
            return due
        return sorted(due, key=lambda c: c.watched.urgency)[: looks.max_per_frame]

    def _grade(self, frame: TimedFrame, watched: WatchedTrack, face: Face) -> _Candidate:
        quality = self._meter.measure(frame.image, face)
        watched.problems = tuple(judge_quality(quality, self._policy.good))
        watched.last_try_s = frame.position_s
        poor = bool(watched.problems)
        usable = not poor or not judge_quality(quality, self._policy.usable)
        return _Candidate(watched, face, poor, usable)

    def _look(
        self, frame: TimedFrame, due: Sequence[_Candidate], ended: list[WatchedTrack]
    ) -> list[WatchedTrack]:
        if not due:
            return []
        vectors = self._engine.embed(frame.image, [candidate.face for candidate in due])
        self.faces_embedded += len(due)
        looked = []
        for candidate, vector in zip(due, vectors, strict=True):
            watched = candidate.watched
            if candidate.usable:
                if not watched.resembles(vector, self._policy.same_face):
                    watched = self._start_anew(watched, ended)
                watched.add(Look(vector, candidate.poor), frame.position_s)
            looked.append(watched)
        return looked

    def _start_anew(self, watched: WatchedTrack, ended: list[WatchedTrack]) -> WatchedTrack:
        """The face has changed hands: the track ends and another begins in its place."""
        ended.append(self._watched.pop(watched.track.id))
        fresh = self._start(self._tracker.split(watched.track))
        fresh.problems = watched.problems
        return fresh

    def _decide(self, looked: Sequence[WatchedTrack]) -> None:
        if not self._watched:
            return
        gallery = self._gallery()
        if gallery is not self._decided_with:
            self._accept_gallery(gallery)
            looked = list(self._watched.values())
        for watched in looked:
            watched.decide(gallery, self._threshold, self._policy.match)

    def _accept_gallery(self, gallery: Gallery) -> None:
        if gallery.model is not None and gallery.model != self._engine.model:
            raise Conflict(
                "gallery_model_differs",
                f"the enrolled faces were made by {gallery.model.engine} with other weights than "
                f"the {self._engine.model.engine} engine in use",
                "enrol again with this engine, or switch back to the other",
            )
        self._threshold = choose_threshold(self._calibration, len(gallery), self._policy.match)
        self._decided_with = gallery

    def _report(self, watched: WatchedTrack, position_s: float, *, ended: bool) -> Sighting:
        result, track = watched.result, watched.track
        return Sighting(
            track_id=track.id,
            box=track.box,
            decision=watched.decision,
            person_id=result.person_id if result else None,
            similarity=result.similarity if result else None,
            threshold=self._threshold.similarity,
            position_s=position_s,
            first_seen_s=track.first_seen_s,
            newly_decided=watched.take_news(ended=ended),
            ended=ended,
            problems=watched.problems,
        )
