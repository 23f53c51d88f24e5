"""A camera started once for a day is on only while a session wants it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NoReturn

import pytest

from facemark.domain.sessions import SessionTimes
from facemark.services.gallery import CurrentGallery
from facemark.services.ports.vision import FrameSource, TimedFrame
from facemark.services.recognition import Recogniser
from facemark.services.sessions import add_session
from facemark.services.tenant import Tenant
from facemark.services.watch_day import next_window, watch_day
from facemark.services.watching import Watch, WatchTools, describe_origin
from facemark.testing.cast import MONDAY, SCHOOL_DAY, at
from facemark.testing.clock import VirtualClock
from facemark.testing.vision import FakeFaceEngine, scripted_frame
from tests.services.faces import CALIBRATION
from tests.services.test_watching import ScriptedCodes


@dataclass(slots=True)
class Camera:
    """Takes one picture a minute and remembers when it was switched on and off."""

    clock: VirtualClock
    shifts: list[tuple[datetime, datetime]] = field(default_factory=list)
    live: bool = True
    fingerprint: bytes = b"door"
    _on_at: datetime | None = None

    def open(self) -> FrameSource:
        self._on_at = self.clock.now()
        return self

    def frames(self) -> Iterator[TimedFrame]:
        start = self.clock.now()
        while True:
            yield TimedFrame((self.clock.now() - start).total_seconds(), scripted_frame(0))
            self.clock.wait(60)

    def close(self) -> None:
        assert self._on_at is not None
        self.shifts.append((self._on_at, self.clock.now()))


def nobody(text: str) -> NoReturn:
    raise AssertionError(text)


def run_day(tenant: Tenant, clock: VirtualClock) -> Camera:
    camera = Camera(clock)

    def start_watch(source: FrameSource, started_at: datetime) -> Watch:
        engine = FakeFaceEngine([[]])
        gallery = CurrentGallery(tenant, engine.model)
        recogniser = Recogniser(engine, engine, gallery=gallery, calibration=CALIBRATION)
        tools = WatchTools(recogniser, ScriptedCodes(), find_holder=nobody)
        return Watch(tenant, tools, describe_origin(source, started_at))

    list(watch_day(tenant, camera.open, start_watch))
    return camera


def test_the_camera_opens_with_the_session_and_is_released_after_its_cut_off(
    tenant: Tenant, clock: VirtualClock
) -> None:
    clock.at = at(5)
    ((on_at, off_at),) = run_day(tenant, clock).shifts
    assert on_at == SCHOOL_DAY.opens_at
    assert SCHOOL_DAY.cut_off_at <= off_at <= SCHOOL_DAY.cut_off_at + timedelta(minutes=2)


@pytest.mark.slow
def test_a_second_session_of_the_day_switches_it_on_again(
    tenant: Tenant, clock: VirtualClock
) -> None:
    times = SessionTimes(MONDAY, time(16), time(17), "UTC", early_open_min=15)
    add_session(tenant, times, name="Club")
    clock.at = at(5)
    assert [on_at for on_at, _ in run_day(tenant, clock).shifts] == [at(7), at(15, 45)]


def test_a_day_without_sessions_never_opens_the_camera(tenant: Tenant, clock: VirtualClock) -> None:
    clock.at = at(12) + timedelta(days=3)
    assert run_day(tenant, clock).shifts == []


def test_sessions_that_follow_without_a_gap_are_one_stretch(tenant: Tenant) -> None:
    day = date(2026, 3, 4)
    first = SessionTimes(day, time(8), time(9), "UTC", early_open_min=30, cut_off_min=30)
    second = SessionTimes(day, time(9), time(10), "UTC", early_open_min=30, cut_off_min=30)
    made = [add_session(tenant, t, name=n) for t, n in ((first, "One"), (second, "Two"))]
    window = next_window(made, made[0].opens_at)
    assert window is not None
    assert (window.opens_at, window.closes_at) == (made[0].opens_at, made[1].cut_off_at)
