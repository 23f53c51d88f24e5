"""The demonstration goes through the real use cases and repeats itself instead of growing."""

from datetime import timedelta

import pytest

from facemark.domain.attendance import AttendanceStatus
from facemark.domain.demo import COMPANY, DemoKind, draw_arrivals, draw_people, list_past_workdays
from facemark.domain.errors import Conflict
from facemark.domain.people import Institution
from facemark.services.demo import ensure_demo, is_simulated, open_morning, simulate
from facemark.services.outbox import list_outbox
from facemark.services.ports.store import Store
from facemark.services.settling import settle_due
from facemark.services.status import DayView, list_latest_day
from facemark.services.tenant import Tenant
from facemark.testing.cast import MONDAY, at
from facemark.testing.clock import VirtualClock

SCHOOL = DemoKind.SCHOOL
PRESENT, LATE, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.LATE, AttendanceStatus.ABSENT


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(at(14, 37))


@pytest.fixture
def demo(store: Store, clock: VirtualClock) -> Tenant:
    return ensure_demo(store, clock, SCHOOL)


def live_through(tenant: Tenant, clock: VirtualClock) -> DayView:
    open_morning(tenant, SCHOOL)
    for _ in range(8):
        clock.wait(60)
        simulate(tenant, SCHOOL)
        settle_due(tenant)
    day = list_latest_day(tenant)
    assert day is not None
    return day


def test_a_morning_happens_within_minutes_at_any_hour(demo: Tenant, clock: VirtualClock) -> None:
    day = live_through(demo, clock)
    (session,) = day.sessions
    counts = session.counts()
    assert day.on_date == MONDAY
    assert is_simulated(day.institution.name)
    assert counts[PRESENT] + counts[LATE] + counts[ABSENT] == 120
    assert counts[PRESENT] > 80
    assert counts[LATE] > 0
    assert len(list_outbox(demo)) == counts[ABSENT] > 0


def test_starting_again_adds_no_second_school_and_repeats_nobody(
    demo: Tenant, store: Store, clock: VirtualClock
) -> None:
    open_morning(demo, SCHOOL)
    clock.wait(180)
    simulate(demo, SCHOOL)
    with demo.read() as uow:
        before = uow.scans.list_scans(None, since=at(14), until=at(15))
    again = ensure_demo(store, clock, SCHOOL)
    open_morning(again, SCHOOL)
    simulate(again, SCHOOL)
    assert again.institution == demo.institution
    with again.read() as uow:
        assert uow.scans.list_scans(None, since=at(14), until=at(15)) == before
        assert len(uow.sessions.list_sessions(on_date=MONDAY)) == 1


def test_the_past_fills_up_and_tells_nobody(demo: Tenant) -> None:
    for _ in range(5):
        simulate(demo, SCHOOL)
    with demo.read() as uow:
        sessions = uow.sessions.list_sessions()
        statuses = uow.statuses.list_statuses(sessions[0].id)
    assert [s.on_date for s in sessions] == sorted(list_past_workdays(MONDAY, 5))
    assert len(statuses) == 120
    assert list_outbox(demo) == []


def test_a_real_school_is_never_simulated(
    store: Store, school: Institution, clock: VirtualClock
) -> None:
    with pytest.raises(Conflict, match="demo_folder_taken"):
        ensure_demo(store, clock, SCHOOL)


def test_a_company_has_shifts_and_no_word_of_a_school() -> None:
    people = draw_people(COMPANY)
    said = " ".join(
        [COMPANY.name, COMPANY.live_name, *COMPANY.groups, *(p.guardian for p in people)]
    )
    assert len(people) == 400
    assert (COMPANY.shifts[-1].starts, COMPANY.shifts[-1].ends) == (22, 6)
    for word in ("school", "class", "student", "pupil", "morning"):
        assert word not in said.lower()


def test_mondays_lose_more_than_wednesdays() -> None:
    people = draw_people(COMPANY)
    weeks = [MONDAY + timedelta(days=7 * n) for n in range(40)]
    mondays = sum(len(draw_arrivals(COMPANY, people, day)) for day in weeks)
    wednesdays = sum(len(draw_arrivals(COMPANY, people, day + timedelta(days=2))) for day in weeks)
    assert mondays < wednesdays
