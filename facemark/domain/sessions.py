"""One scheduled thing to attend: local wall-clock times resolved to instants once, at creation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from facemark.domain.errors import InvalidInput
from facemark.domain.ids import GroupId, SessionId, SiteId


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """What the schedule says, in the site's wall clock; minutes are whole.

    `ends_local` at or before `starts_local` means the session ends on the next day.
    """

    on_date: date
    starts_local: time
    ends_local: time
    zone: str
    early_open_min: int = 60
    grace_min: int = 5
    cut_off_min: int = 30


@dataclass(frozen=True, slots=True)
class Session:
    """`opens_at` <= `starts_at` <= `cut_off_at` <= `ends_at`, all aware UTC.

    Nobody is absent before `cut_off_at`; a scan from `opens_at` to `ends_at` can count for it.
    """

    id: SessionId
    site_id: SiteId
    name: str
    times: SessionTimes
    opens_at: datetime
    starts_at: datetime
    cut_off_at: datetime
    ends_at: datetime
    group_ids: tuple[GroupId, ...]

    @property
    def on_date(self) -> date:
        return self.times.on_date

    @property
    def on_time_until_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.times.grace_min)

    def takes_scan_at(self, at: datetime) -> bool:
        return self.opens_at <= at <= self.ends_at


def load_zone(name: str) -> ZoneInfo:
    """The IANA zone; raises InvalidInput `zone_unknown`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            "zone_unknown",
            f"there is no time zone called {name!r}",
            "use an IANA name such as Europe/London or Asia/Kolkata",
        ) from error


def to_instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a wall-clock time.

    A time that occurs twice (clocks back) is the first of the two; one that does not exist (clocks
    forward) is shifted by the gap, as PEP 495 reads it with fold=0.
    """
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def local_date(at: datetime, zone: str) -> date:
    return at.astimezone(load_zone(zone)).date()


def build_session(
    session_id: SessionId,
    site_id: SiteId,
    *,
    name: str,
    times: SessionTimes,
    group_ids: Iterable[GroupId],
) -> Session:
    """Resolve wall-clock times; raises InvalidInput `zone_unknown` or `session_times_invalid`."""
    zone = load_zone(times.zone)
    _check_minutes(times)
    starts_at = to_instant(times.on_date, times.starts_local, zone)
    ends_at = _end(times, starts_at, zone)
    cut_off_at = min(starts_at + timedelta(minutes=times.cut_off_min), ends_at)
    return Session(
        id=session_id,
        site_id=site_id,
        name=name,
        times=times,
        opens_at=starts_at - timedelta(minutes=times.early_open_min),
        starts_at=starts_at,
        cut_off_at=cut_off_at,
        ends_at=ends_at,
        group_ids=tuple(group_ids),
    )


def _end(times: SessionTimes, starts_at: datetime, zone: ZoneInfo) -> datetime:
    start = datetime.combine(times.on_date, times.starts_local)
    end = datetime.combine(times.on_date, times.ends_local)
    if end <= start:
        end += timedelta(days=1)
    ends_at = to_instant(end.date(), times.ends_local, zone)
    # A start that the clocks skip moves ahead, perhaps past the end: then the length counts.
    return ends_at if ends_at > starts_at else starts_at + (end - start)


def _check_minutes(times: SessionTimes) -> None:
    if min(times.early_open_min, times.grace_min, times.cut_off_min) < 0:
        raise InvalidInput(
            "session_times_invalid",
            "early-open, grace and cut-off are minutes and cannot be negative",
            "give 0 or more",
        )
    if times.grace_min > times.cut_off_min:
        raise InvalidInput(
            "session_times_invalid",
            f"the grace of {times.grace_min} min ends after the cut-off at {times.cut_off_min} min",
            "choose a cut-off no earlier than the grace",
        )
