"""Statuses follow from scans, the session and the clock, and say why."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.attendance import (
    AttendanceStatus,
    ReasonCode,
    decide_status,
    find_untaken_groups,
    list_expected,
)
from facemark.domain.ids import GroupId, PersonId, ScanId, SessionId, SiteId
from facemark.domain.people import Membership, Person
from facemark.domain.scans import Direction, Scan, ScanMethod
from facemark.domain.sessions import Session, SessionTimes, build_session
from facemark.domain.wording import explain_status

ALICE, BOB, CHARLIE = (PersonId(UUID(int=n)) for n in (1, 2, 3))
CLASS_4A, CLASS_4B = (GroupId(UUID(int=n)) for n in (11, 12))
DAY = date(2026, 3, 2)
EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def morning() -> Session:
    return build_session(
        SessionId(UUID(int=21)),
        SiteId(UUID(int=22)),
        name="Morning",
        times=SessionTimes(DAY, time(8), time(12), "UTC", early_open_min=60, grace_min=5),
        group_ids=(CLASS_4A, CLASS_4B),
    )


def scan(at: datetime, direction: Direction = Direction.UNKNOWN) -> Scan:
    return Scan(ScanId(UUID(int=99)), ALICE, ScanMethod.PASS, direction, at, at, source="door")


def status_at(*scans: Scan, now: datetime = EIGHT + timedelta(hours=2)) -> AttendanceStatus:
    return decide_status(morning(), scans, now).status


def test_someone_seen_before_the_start_is_present() -> None:
    decision = decide_status(morning(), [scan(EIGHT - timedelta(minutes=2))], EIGHT)
    assert decision.status is AttendanceStatus.PRESENT
    assert decision.seen_at == EIGHT - timedelta(minutes=2)
    assert explain_status(decision) == "present: 07:58 is not after 08:00 (rule v1)"


def test_exactly_at_the_end_of_the_grace_is_not_late() -> None:
    limit = EIGHT + timedelta(minutes=5)
    assert status_at(scan(limit)) is AttendanceStatus.PRESENT
    assert status_at(scan(limit + timedelta(microseconds=1))) is AttendanceStatus.LATE


def test_lateness_is_explained_with_the_times_it_rests_on() -> None:
    decision = decide_status(morning(), [scan(EIGHT + timedelta(minutes=7))], EIGHT)
    assert explain_status(decision) == "late: 08:07 is after 08:00 + 5 min grace (rule v1)"


def test_nobody_is_absent_until_the_cut_off_has_passed() -> None:
    cut_off = morning().cut_off_at
    assert status_at(now=cut_off) is AttendanceStatus.EXPECTED
    assert status_at(now=cut_off + timedelta(microseconds=1)) is AttendanceStatus.ABSENT


def test_the_first_arrival_counts_however_the_scans_are_ordered() -> None:
    early, late = scan(EIGHT), scan(EIGHT + timedelta(minutes=40))
    assert status_at(late, early) is AttendanceStatus.PRESENT


def test_leaving_through_the_door_is_not_arriving() -> None:
    assert status_at(scan(EIGHT, Direction.OUT)) is AttendanceStatus.ABSENT


@pytest.mark.parametrize(
    "at",
    [EIGHT - timedelta(minutes=61), EIGHT + timedelta(hours=4, minutes=1)],
    ids=["before early-open", "after the end"],
)
def test_a_scan_outside_the_window_does_not_count(at: datetime) -> None:
    assert status_at(scan(at)) is AttendanceStatus.ABSENT


@given(
    minutes=st.lists(st.integers(-120, 400), max_size=6),
    extra=st.integers(-120, 400),
)
def test_one_more_scan_never_makes_a_status_worse(minutes: list[int], extra: int) -> None:
    ranks = [AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.ABSENT]
    scans = [scan(EIGHT + timedelta(minutes=m)) for m in minutes]
    before = ranks.index(status_at(*scans))
    after = ranks.index(status_at(*scans, scan(EIGHT + timedelta(minutes=extra))))
    assert after <= before


def person(person_id: PersonId, *, joined: date = DAY, left: date | None = None) -> Person:
    return Person(person_id, str(person_id), "Name", "Name", joined, left)


def member(
    who: PersonId, group: GroupId, *, since: date = DAY, to: date | None = None
) -> Membership:
    return Membership(who, group, since, to)


def expected(people: Iterable[Person], *members: Membership) -> dict[PersonId, GroupId]:
    return list_expected(morning(), people, members)


def test_who_joins_later_or_has_left_is_not_expected() -> None:
    tomorrow, yesterday = DAY + timedelta(days=1), DAY - timedelta(days=1)
    people = [
        person(ALICE),
        person(BOB, joined=tomorrow),
        person(CHARLIE, joined=yesterday, left=yesterday),
    ]
    members = [member(p.id, CLASS_4A, since=yesterday) for p in people]
    assert expected(people, *members) == {ALICE: CLASS_4A}


def test_membership_counts_on_its_first_and_last_day() -> None:
    assert expected([person(ALICE)], member(ALICE, CLASS_4A, since=DAY, to=DAY)) == {
        ALICE: CLASS_4A
    }
    later = member(ALICE, CLASS_4A, since=DAY + timedelta(days=1))
    assert expected([person(ALICE)], later) == {}


def test_someone_in_two_groups_is_expected_once_by_the_first() -> None:
    both = [member(ALICE, CLASS_4B), member(ALICE, CLASS_4A)]
    assert expected([person(ALICE)], *both) == {ALICE: CLASS_4A}


def test_a_class_of_which_nobody_was_seen_is_not_taken_rather_than_absent() -> None:
    plan = {ALICE: CLASS_4A, BOB: CLASS_4A, CHARLIE: CLASS_4B}
    assert find_untaken_groups(plan, {ALICE}, watched=False) == {CLASS_4B}
    assert find_untaken_groups(plan, {ALICE}, watched=True) == frozenset()


def test_an_absence_names_the_cut_off() -> None:
    decision = decide_status(morning(), [], EIGHT + timedelta(hours=1))
    assert decision.reason is ReasonCode.NOT_SEEN_BY_CUT_OFF
    assert explain_status(decision) == "absent: not seen by 08:30 (rule v1)"
