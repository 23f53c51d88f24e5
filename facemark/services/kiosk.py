"""The door: what a kiosk's camera and scanner see becomes durable scans, then words of welcome."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from facemark.domain.accounts import Device
from facemark.domain.attendance import AttendanceStatus, decide_status
from facemark.domain.errors import FaceMarkError
from facemark.domain.faces import Box
from facemark.domain.ids import PersonId, ScanId
from facemark.domain.matching.decision import MatchDecision
from facemark.domain.quality import QualityProblem
from facemark.domain.scans import Direction, Scan, ScanMethod, ScanOutcome, ScanReceipt
from facemark.domain.sessions import Session
from facemark.services.checkin import COOL_DOWN_S, expected_people, record_scans
from facemark.services.devices import require_valid
from facemark.services.ids import new_id
from facemark.services.ports.store import UnitOfWork
from facemark.services.recognition import Sighting
from facemark.services.tenant import Tenant

PRESENCE_EVERY = timedelta(seconds=60)
SILENT_AFTER = timedelta(seconds=30)
"""A kiosk that said nothing for so long was not watching the door meanwhile."""

SAME_VISIT = timedelta(seconds=60)
"""Somebody who lingers at the door is one scan, not one for each time the face is lost."""

PASS_AGAIN_AFTER = timedelta(seconds=4)
"""A code that stays in view is answered once until it has been out of view for so long."""

PATIENCE_S = 2.5
"""A face that is good enough to see is told that it is not known after so long."""


class WelcomeKind(StrEnum):
    ON_TIME = "on_time"
    LATE = "late"
    ALREADY_IN = "already_in"
    NOT_EXPECTED = "not_expected"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Welcome:
    """Given only for what is stored. `late_min`: whole minutes after the session's start, if late.

    `at`: the scan that counts; for ALREADY_IN the earlier one.
    """

    person_id: PersonId
    name: str
    kind: WelcomeKind
    method: ScanMethod
    at: datetime
    late_min: int = 0


class FaceState(StrEnum):
    SEARCHING = "searching"
    HINT = "hint"
    WELCOMED = "welcomed"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FaceInView:
    """`box` in pixels of the frame. `welcome` is set only when WELCOMED, `hint` only for HINT."""

    track_id: int
    box: Box
    state: FaceState
    welcome: Welcome | None = None
    hint: QualityProblem | None = None


@dataclass(frozen=True, slots=True)
class PassAnswer:
    """Either the one or the other."""

    welcome: Welcome | None = None
    refusal: FaceMarkError | None = None


@dataclass(frozen=True, slots=True)
class DoorDay:
    """What an idle kiosk shows. `running` takes scans now; `following` opens later."""

    institution: str
    site: str
    zone: str
    now: datetime
    running: Session | None
    following: Session | None


@dataclass(frozen=True, slots=True)
class _Claim:
    person: PersonId
    method: ScanMethod
    at: datetime
    sighting: Sighting | None = None


@dataclass(frozen=True, slots=True)
class _Visit:
    welcome: Welcome
    since: datetime

    def again(self) -> Welcome:
        if self.welcome.kind in (WelcomeKind.ON_TIME, WelcomeKind.LATE):
            return replace(self.welcome, kind=WelcomeKind.ALREADY_IN, late_min=0)
        return self.welcome


@dataclass(slots=True)
class Door:
    """One kiosk while it is connected. Its calls come one after the other, from any thread.

    `find_holder` checks a pass text and names its holder; it raises for a refused one.
    """

    tenant: Tenant
    device: Device
    find_holder: Callable[[str], PersonId]
    cool_down_s: float = COOL_DOWN_S
    _visits: dict[PersonId, _Visit] = field(default_factory=dict)
    _tracks: dict[int, Welcome] = field(default_factory=dict)
    _codes: dict[str, datetime] = field(default_factory=dict)
    _watched_from: datetime | None = None
    _heard_at: datetime | None = None

    def require_valid(self) -> None:
        """Ask before each answer. Raises Refused `device_revoked`."""
        with self.tenant.read() as uow:
            require_valid(uow.devices.get_device(self.device.id))

    def view_day(self) -> DoorDay:
        now = self.tenant.clock.now()
        with self.tenant.read() as uow:
            site = next(s for s in uow.sites.list_sites() if s.id == self.device.site_id)
            ahead = uow.sessions.list_sessions(opens_before=now + timedelta(days=1), ends_after=now)
            here = [s for s in ahead if s.site_id == site.id]
            running = [s for s in here if s.opens_at <= now]
            following = [s for s in here if s.opens_at > now]
            return DoorDay(
                institution=uow.institution.name,
                site=site.name,
                zone=site.zone,
                now=now,
                running=running[-1] if running else None,
                following=following[0] if following else None,
            )

    def take_codes(self, texts: Iterable[str]) -> list[PassAnswer]:
        """Codes seen by the camera; one that stays in view is answered once."""
        now = self.tenant.clock.now()
        in_view = {t: at for t, at in self._codes.items() if now - at <= PASS_AGAIN_AFTER}
        seen = [*dict.fromkeys(texts)]
        self._codes = in_view | dict.fromkeys(seen, now)
        return [self.take_pass(text) for text in seen if text not in in_view]

    def take_pass(self, text: str) -> PassAnswer:
        """A pass that was read or typed on purpose."""
        try:
            person = self.find_holder(text)
        except FaceMarkError as error:
            return PassAnswer(refusal=error)
        claim = _Claim(person, ScanMethod.PASS, self.tenant.clock.now())
        return PassAnswer(self._welcome([claim])[person])

    def take_sightings(self, sightings: Sequence[Sighting], seen_at: datetime) -> list[FaceInView]:
        """The faces of the frame taken at `seen_at`; who was recognised is stored before."""
        for sighting in sightings:
            if sighting.ended:
                self._tracks.pop(sighting.track_id, None)
        in_view = [s for s in sightings if not s.ended]
        claims = {
            s.track_id: _Claim(s.person_id, ScanMethod.FACE, _first_seen_at(s, seen_at), s)
            for s in in_view
            if s.person_id is not None and not self._is_welcomed(s)
        }
        welcomes = self._welcome(list(claims.values()))
        self._tracks |= {track: welcomes[claim.person] for track, claim in claims.items()}
        return [self._describe(s) for s in in_view]

    def note_watching(self) -> None:
        """The kiosk is at work; says so in the store every minute."""
        now = self.tenant.clock.now()
        if self._heard_at is None or now - self._heard_at > SILENT_AFTER:
            self.note_end()
            self._watched_from = now
        self._heard_at = now
        if self._watched_from is not None and now - self._watched_from >= PRESENCE_EVERY:
            self.note_end()
            self._watched_from = now

    def note_end(self) -> None:
        if self._watched_from is None or self._heard_at is None:
            return
        if self._watched_from < self._heard_at:
            with self.tenant.write() as uow:
                uow.scans.record_presence(self._source, self._watched_from, self._heard_at)
                uow.commit()
        self._watched_from = None

    @property
    def _source(self) -> str:
        return f"kiosk:{self.device.id}"

    def _is_welcomed(self, sighting: Sighting) -> bool:
        welcome = self._tracks.get(sighting.track_id)
        return welcome is not None and welcome.person_id == sighting.person_id

    def _describe(self, sighting: Sighting) -> FaceInView:
        track, box = sighting.track_id, sighting.box
        if sighting.person_id is not None:
            return FaceInView(track, box, FaceState.WELCOMED, self._tracks[track])
        if sighting.problems:
            return FaceInView(track, box, FaceState.HINT, hint=sighting.problems[0])
        if sighting.position_s - sighting.first_seen_s < PATIENCE_S:
            return FaceInView(track, box, FaceState.SEARCHING)
        ambiguous = sighting.decision is MatchDecision.AMBIGUOUS
        return FaceInView(track, box, FaceState.AMBIGUOUS if ambiguous else FaceState.UNKNOWN)

    def _welcome(self, claims: Sequence[_Claim]) -> dict[PersonId, Welcome]:
        """Durable when this returns."""
        now = self.tenant.clock.now()
        lingering = {
            c.person: self._visits[c.person].again()
            for c in claims
            if c.person in self._visits and now - self._visits[c.person].since <= SAME_VISIT
        }
        new = {c.person: c for c in claims if c.person not in lingering}
        return lingering | self._record(list(new.values()), now)

    def _record(self, claims: Sequence[_Claim], now: datetime) -> dict[PersonId, Welcome]:
        if not claims:
            return {}
        scans = [self._scan(claim, now) for claim in claims]
        receipts = record_scans(self.tenant, scans, cool_down_s=self.cool_down_s)
        with self.tenant.read() as uow:
            names = {p.id: p.greeting_name for p in uow.people.list_people({*_people(scans)})}
            welcomes = {
                scan.person_id: _greet(uow, scan, receipt, names[scan.person_id])
                for scan, receipt in zip(scans, receipts, strict=True)
            }
        self._visits |= {person: _Visit(w, now) for person, w in welcomes.items()}
        return welcomes

    def _scan(self, claim: _Claim, now: datetime) -> Scan:
        return Scan(
            id=ScanId(new_id()),
            person_id=claim.person,
            method=claim.method,
            direction=self.device.direction,
            device_at=claim.at,
            received_at=now,
            source=self._source,
            device_id=self.device.id,
            similarity=claim.sighting.similarity if claim.sighting else None,
            threshold=claim.sighting.threshold if claim.sighting else None,
        )


def _people(scans: Iterable[Scan]) -> Iterable[PersonId]:
    return (scan.person_id for scan in scans)


def _first_seen_at(sighting: Sighting, seen_at: datetime) -> datetime:
    return seen_at - timedelta(seconds=sighting.position_s - sighting.first_seen_s)


def _greet(uow: UnitOfWork, scan: Scan, receipt: ScanReceipt, name: str) -> Welcome:
    welcome = Welcome(
        scan.person_id, name, WelcomeKind.NOT_EXPECTED, scan.method, at=scan.device_at
    )
    if scan.direction is Direction.OUT:
        return replace(welcome, kind=WelcomeKind.GOODBYE)
    if receipt.outcome is ScanOutcome.ALREADY_IN and receipt.earlier_at is not None:
        return replace(welcome, kind=WelcomeKind.ALREADY_IN, at=receipt.earlier_at)
    session = _find_session(uow, scan)
    return welcome if session is None else _conclude(uow, welcome, scan, session)


def _find_session(uow: UnitOfWork, scan: Scan) -> Session | None:
    """The last to open of those that expect the person now."""
    at = scan.device_at
    for session in reversed(uow.sessions.list_sessions(opens_before=at, ends_after=at)):
        if expected_people(uow, session, among={scan.person_id}):
            return session
    return None


def _conclude(uow: UnitOfWork, welcome: Welcome, scan: Scan, session: Session) -> Welcome:
    scans = uow.scans.list_scans([scan.person_id], since=session.opens_at, until=session.ends_at)
    decision = decide_status(session, scans, scan.device_at)
    seen_at = decision.seen_at or scan.device_at
    if seen_at < scan.device_at:
        return replace(welcome, kind=WelcomeKind.ALREADY_IN, at=seen_at)
    if decision.status is not AttendanceStatus.LATE:
        return replace(welcome, kind=WelcomeKind.ON_TIME)
    late = (seen_at - session.starts_at) // timedelta(minutes=1)
    return replace(welcome, kind=WelcomeKind.LATE, late_min=max(late, 1))
