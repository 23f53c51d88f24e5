"""Wall-clock times become the right instants, in any zone and on any day."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.errors import InvalidInput
from facemark.domain.ids import SessionId, SiteId
from facemark.domain.sessions import Session, SessionTimes, build_session, local_date

ZONES = [
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
]


def session(times: SessionTimes) -> Session:
    return build_session(
        SessionId(UUID(int=1)), SiteId(UUID(int=2)), name="Day", times=times, group_ids=()
    )


def test_a_school_day_is_resolved_in_the_time_zone_of_its_site() -> None:
    made = session(SessionTimes(date(2026, 7, 1), time(8), time(15), "Europe/London"))
    assert made.starts_at == datetime(2026, 7, 1, 7, tzinfo=UTC)
    assert made.opens_at == datetime(2026, 7, 1, 6, tzinfo=UTC)
    assert made.cut_off_at == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)


def test_a_night_shift_ends_on_the_next_day() -> None:
    made = session(SessionTimes(date(2026, 2, 28), time(22), time(6), "Europe/London"))
    assert made.ends_at == datetime(2026, 3, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("on_date", "hours"),
    [(date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 6, 1), 8)],
    ids=["clocks go forward", "clocks go back", "an ordinary night"],
)
def test_a_night_shift_over_a_clock_change_has_its_true_length(on_date: date, hours: int) -> None:
    made = session(SessionTimes(on_date, time(22), time(6), "Europe/London"))
    assert made.ends_at - made.starts_at == timedelta(hours=hours)


def test_lord_howe_changes_its_clocks_by_half_an_hour() -> None:
    made = session(SessionTimes(date(2026, 4, 4), time(22), time(6), "Australia/Lord_Howe"))
    assert made.ends_at - made.starts_at == timedelta(hours=8, minutes=30)


CLOCK_CHANGES = [
    date(2026, 3, 29),  # London forward
    date(2026, 10, 25),  # London back
    date(2026, 3, 8),  # New York forward
    date(2026, 11, 1),  # New York back
    date(2026, 4, 5),  # Lord Howe back by 30 minutes
    date(2026, 10, 4),  # Lord Howe forward by 30 minutes
]


@given(
    day=st.sampled_from(CLOCK_CHANGES) | st.dates(date(2000, 1, 1), date(2037, 12, 30)),
    start=st.times() | st.times(time(1), time(4)),
    end=st.times() | st.times(time(1), time(4)),
    zone=st.sampled_from(ZONES),
    cut_off=st.integers(5, 600),
)
def test_a_session_is_always_in_order_and_starts_on_its_own_local_date(
    day: date, start: time, end: time, zone: str, cut_off: int
) -> None:
    made = session(SessionTimes(day, start, end, zone, cut_off_min=cut_off))
    assert made.opens_at <= made.starts_at <= made.cut_off_at <= made.ends_at
    never_was = zone == "Pacific/Apia" and day == date(2011, 12, 30)
    assert never_was or local_date(made.starts_at, zone) == day


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "Europe"])
def test_an_unknown_zone_is_refused_with_advice(zone: str) -> None:
    with pytest.raises(InvalidInput, match="zone_unknown"):
        session(SessionTimes(date(2026, 1, 1), time(8), time(9), zone))


def test_a_grace_beyond_the_cut_off_is_refused() -> None:
    with pytest.raises(InvalidInput, match="session_times_invalid"):
        session(
            SessionTimes(date(2026, 1, 1), time(8), time(9), "UTC", grace_min=31, cut_off_min=30)
        )
