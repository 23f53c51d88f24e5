"""From scans to a status: a pure conclusion, recomputable at any time."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from facemark.domain.ids import GroupId, PersonId, SessionId
from facemark.domain.people import Membership, Person
from facemark.domain.scans import Direction, Scan
from facemark.domain.sessions import Session, load_zone

RULE_VERSION = 1
"""Stored with each status; raise it whenever `decide_status` can answer differently."""


class AttendanceStatus(StrEnum):
    EXPECTED = "expected"
    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    HALF_DAY = "half_day"
    ABSENT = "absent"
    EXCUSED = "excused"


class StatusSource(StrEnum):
    RULE = "rule"
    MANUAL = "manual"


class ReasonCode(StrEnum):
    """Why a status is what it is; the sentence for people is rendered from it per language."""

    NOT_SEEN_YET = "not_seen_yet"
    ON_TIME = "on_time"
    WITHIN_GRACE = "within_grace"
    AFTER_GRACE = "after_grace"
    NOT_SEEN_BY_CUT_OFF = "not_seen_by_cut_off"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class StatusDecision:
    """A status and the whole of its explanation. `seen_at` is the scan it rests on, if any."""

    status: AttendanceStatus
    reason: ReasonCode
    parameters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    seen_at: datetime | None = None
    rule_version: int = RULE_VERSION


@dataclass(frozen=True, slots=True)
class PersonStatus:
    """The live status of one person in one session."""

    session_id: SessionId
    person_id: PersonId
    source: StatusSource
    decision: StatusDecision
    decided_at: datetime


def decide_status(session: Session, scans: Iterable[Scan], now: datetime) -> StatusDecision:
    """The status of one person from that person's scans, as of `now`.

    A scan speaks for every session whose window it falls into; scans out of the building do not
    count. Exactly at the end of the grace is on time. Before the cut-off an unseen person is
    expected, never absent.
    """
    seen = [s.device_at for s in scans if _counts_as_arrival(s, session)]
    if seen:
        return _arrival(session, min(seen))
    if now <= session.cut_off_at:
        return StatusDecision(AttendanceStatus.EXPECTED, ReasonCode.NOT_SEEN_YET)
    return StatusDecision(
        AttendanceStatus.ABSENT,
        ReasonCode.NOT_SEEN_BY_CUT_OFF,
        {"cut_off": _wall(session, session.cut_off_at)},
    )


def _counts_as_arrival(scan: Scan, session: Session) -> bool:
    return scan.direction is not Direction.OUT and session.takes_scan_at(scan.device_at)


def _arrival(session: Session, seen_at: datetime) -> StatusDecision:
    parameters = {
        "seen": _wall(session, seen_at),
        "start": _wall(session, session.starts_at),
        "grace_min": str(session.times.grace_min),
    }
    if seen_at <= session.starts_at:
        return StatusDecision(AttendanceStatus.PRESENT, ReasonCode.ON_TIME, parameters, seen_at)
    if seen_at <= session.on_time_until_at:
        return StatusDecision(
            AttendanceStatus.PRESENT, ReasonCode.WITHIN_GRACE, parameters, seen_at
        )
    return StatusDecision(AttendanceStatus.LATE, ReasonCode.AFTER_GRACE, parameters, seen_at)


def _wall(session: Session, at: datetime) -> str:
    return at.astimezone(load_zone(session.times.zone)).strftime("%H:%M")


def list_expected(
    session: Session, people: Iterable[Person], memberships: Iterable[Membership]
) -> dict[PersonId, GroupId]:
    """Who should attend, each with the group that expects them.

    A person counts when they belong to the institution and to one of the session's groups on the
    session's local date. With several groups, the first in the session's order.
    """
    here = {p.id for p in people if p.belongs_on(session.on_date)}
    order = {group_id: i for i, group_id in enumerate(session.group_ids)}
    expected: dict[PersonId, GroupId] = {}
    for m in sorted(
        (m for m in memberships if m.group_id in order), key=lambda m: order[m.group_id]
    ):
        until = m.to_on or session.on_date
        if m.person_id in here and m.from_on <= session.on_date <= until:
            expected.setdefault(m.person_id, m.group_id)
    return expected


def find_untaken_groups(
    expected: Mapping[PersonId, GroupId], seen: Collection[PersonId], *, watched: bool
) -> frozenset[GroupId]:
    """Groups whose register nobody took: no member was seen and no device watched the door.

    They are left alone by settling; a silent register is never a class of absentees.
    """
    if watched:
        return frozenset()
    taken = {group for person, group in expected.items() if person in seen}
    return frozenset(set(expected.values()) - taken)
