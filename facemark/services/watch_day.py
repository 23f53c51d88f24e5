"""A camera started once for a day: opened when a session opens, released after its cut-off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from facemark.domain.sessions import Session
from facemark.services.ports.time import Clock
from facemark.services.ports.vision import FrameSource, TimedFrame
from facemark.services.tenant import Tenant
from facemark.services.watching import Watch, WatchEvent

LOOK_AGAIN_S = 60.0
"""How often a waiting camera asks whether the timetable has changed."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch in which the camera is wanted, both ends included."""

    opens_at: datetime
    closes_at: datetime


def next_window(sessions: list[Session], now: datetime) -> Window | None:
    """The running or next stretch; sessions that follow without a gap are one stretch."""
    ahead = sorted((s for s in sessions if now <= s.cut_off_at), key=lambda s: s.opens_at)
    if not ahead:
        return None
    closes_at = ahead[0].cut_off_at
    for session in ahead[1:]:
        if session.opens_at <= closes_at:
            closes_at = max(closes_at, session.cut_off_at)
    return Window(ahead[0].opens_at, closes_at)


def watch_day(
    tenant: Tenant,
    open_source: Callable[[], FrameSource],
    start_watch: Callable[[FrameSource, datetime], Watch],
) -> Iterator[WatchEvent]:
    """Watch every session that opens within a day of the start, then end.

    Raises what `open_source` raises; the camera is released whenever this ends.
    """
    last_opening = tenant.clock.now() + DAY
    while window := _find_window(tenant, last_opening):
        if not _wait_for(tenant.clock, window.opens_at):
            continue
        source = _Until(open_source(), tenant.clock, window.closes_at)
        yield from start_watch(source, tenant.clock.now()).run(source)
        if tenant.clock.now() <= window.closes_at:
            return  # the source ended by itself


def _find_window(tenant: Tenant, last_opening: datetime) -> Window | None:
    now = tenant.clock.now()
    with tenant.read() as uow:
        sessions = uow.sessions.list_sessions(opens_before=last_opening, ends_after=now)
    return next_window(sessions, now)


def _wait_for(clock: Clock, at: datetime) -> bool:
    """Wait a little; True once `at` is reached."""
    left_s = (at - clock.now()).total_seconds()
    if left_s > 0:
        clock.wait(min(left_s, LOOK_AGAIN_S))
    return clock.now() >= at


@dataclass(frozen=True, slots=True)
class _Until:
    """A live source that ends at an instant."""

    inner: FrameSource
    clock: Clock
    closes_at: datetime

    @property
    def live(self) -> bool:
        return self.inner.live

    @property
    def fingerprint(self) -> bytes:
        return self.inner.fingerprint

    def frames(self) -> Iterator[TimedFrame]:
        for frame in self.inner.frames():
            if self.clock.now() > self.closes_at:
                return
            yield frame

    def close(self) -> None:
        self.inner.close()
