"""Watching a camera or a recording: sightings and passes become durable scans, one by one."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from facemark.domain.errors import FaceMarkError
from facemark.domain.faces import Frame
from facemark.domain.ids import PersonId, RecordingMoment, ScanId, recorded_scan_id
from facemark.domain.matching.decision import MatchDecision
from facemark.domain.scans import Direction, Scan, ScanMethod, ScanReceipt
from facemark.services.checkin import COOL_DOWN_S, record_scans
from facemark.services.ids import new_id
from facemark.services.ports.vision import FrameSource, QrReader, TimedFrame
from facemark.services.recognition import Recogniser, Sighting
from facemark.services.tenant import Tenant

PRESENCE_EVERY_S = 60.0
PASS_EVERY_S = 0.2
"""How often a frame is searched for passes."""
PASS_AGAIN_AFTER_S = 10.0
"""A pass that stays in view is one scan until it has been out of view for so long."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where frames come from and when position 0 was. `fingerprint` None: live."""

    source: str
    started_at: datetime
    fingerprint: bytes | None

    def instant(self, position_s: float) -> datetime:
        return self.started_at + timedelta(seconds=position_s)

    def scan_id(self, person: PersonId, method: ScanMethod, position_s: float) -> ScanId:
        """Name-based for a recording, so that a replay is a no-op; new for a live source."""
        if self.fingerprint is None:
            return ScanId(new_id())
        moment = RecordingMoment(self.fingerprint, self.started_at, position_s)
        return recorded_scan_id(moment, person, method)


def describe_origin(source: FrameSource, started_at: datetime) -> Origin:
    """A recording is named by its content, so that its path says nothing and may change."""
    if source.live:
        return Origin(f"camera:{source.fingerprint.hex()[:12]}", started_at, None)
    return Origin(f"recording:{source.fingerprint.hex()[:12]}", started_at, source.fingerprint)


@dataclass(frozen=True, slots=True)
class WatchTools:
    """`find_holder` checks a pass text and names its holder; it raises for a refused one."""

    recogniser: Recogniser
    qr: QrReader
    find_holder: Callable[[str], PersonId]
    cool_down_s: float = COOL_DOWN_S


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One decision about one track or pass. `receipt` None: nothing was recorded for it.

    `refusal` is the code for a pass that was not accepted.
    """

    at: datetime
    method: ScanMethod
    decision: MatchDecision
    track: int | None = None
    person_id: PersonId | None = None
    similarity: float | None = None
    threshold: float | None = None
    receipt: ScanReceipt | None = None
    refusal: str | None = None


@dataclass(slots=True)
class Watch:
    """One run over one source. Iterate `run()`; afterwards the counters say what was seen."""

    tenant: Tenant
    tools: WatchTools
    origin: Origin
    frames: int = 0
    last_position_s: float = 0.0
    _noted_s: float = 0.0
    _qr_due_s: float = 0.0
    _recorded: set[ScanId] = field(default_factory=set)
    _passes: dict[str, float] = field(default_factory=dict)

    def run(self, source: FrameSource) -> Generator[WatchEvent, None, None]:
        """Each event is given out only once its scan is durable."""
        try:
            for frame in source.frames():
                self.frames += 1
                self.last_position_s = frame.position_s
                yield from self._look(frame)
                if frame.position_s - self._noted_s >= PRESENCE_EVERY_S:
                    self._note_presence()
            yield from self._report(self.tools.recogniser.finish())
        finally:
            source.close()
            self._note_presence()

    def _look(self, frame: TimedFrame) -> Iterator[WatchEvent]:
        if frame.position_s >= self._qr_due_s:
            self._qr_due_s = frame.position_s + PASS_EVERY_S
            yield from self._read_passes(frame.image, frame.position_s)
        yield from self._report(self.tools.recogniser.process(frame))

    def _report(self, sightings: list[Sighting]) -> Iterator[WatchEvent]:
        for sighting in sightings:
            if sighting.newly_decided:
                yield self._face_event(sighting)

    def _face_event(self, sighting: Sighting) -> WatchEvent:
        receipt = None
        if sighting.decision is MatchDecision.ACCEPTED and sighting.person_id is not None:
            receipt = self._record(
                sighting.person_id, ScanMethod.FACE, sighting.first_seen_s, sighting=sighting
            )
        return WatchEvent(
            at=self.origin.instant(sighting.first_seen_s),
            method=ScanMethod.FACE,
            decision=sighting.decision,
            track=sighting.track_id,
            person_id=sighting.person_id,
            similarity=sighting.similarity,
            threshold=sighting.threshold,
            receipt=receipt,
        )

    def _read_passes(self, image: Frame, position_s: float) -> Iterator[WatchEvent]:
        for text in self.tools.qr.read(image):
            last = self._passes.get(text)
            self._passes[text] = position_s
            if last is None or position_s - last > PASS_AGAIN_AFTER_S:
                yield self._pass_event(text, position_s)

    def _pass_event(self, text: str, position_s: float) -> WatchEvent:
        at = self.origin.instant(position_s)
        try:
            person = self.tools.find_holder(text)
        except FaceMarkError as error:
            return WatchEvent(at, ScanMethod.PASS, MatchDecision.UNKNOWN, refusal=error.code)
        receipt = self._record(person, ScanMethod.PASS, position_s)
        return WatchEvent(
            at, ScanMethod.PASS, MatchDecision.ACCEPTED, person_id=person, receipt=receipt
        )

    def _record(
        self,
        person: PersonId,
        method: ScanMethod,
        position_s: float,
        *,
        sighting: Sighting | None = None,
    ) -> ScanReceipt | None:
        scan_id = self.origin.scan_id(person, method, position_s)
        if scan_id in self._recorded:
            return None
        scan = Scan(
            id=scan_id,
            person_id=person,
            method=method,
            direction=Direction.UNKNOWN,
            device_at=self.origin.instant(position_s),
            received_at=self.tenant.clock.now(),
            source=self.origin.source,
            similarity=sighting.similarity if sighting else None,
            threshold=sighting.threshold if sighting else None,
        )
        (receipt,) = record_scans(self.tenant, [scan], cool_down_s=self.tools.cool_down_s)
        self._recorded.add(scan_id)
        return receipt

    def _note_presence(self) -> None:
        if self.last_position_s <= self._noted_s:
            return
        with self.tenant.write() as uow:
            uow.scans.record_presence(
                self.origin.source,
                self.origin.instant(self._noted_s),
                self.origin.instant(self.last_position_s),
            )
            uow.commit()
        self._noted_s = self.last_position_s
