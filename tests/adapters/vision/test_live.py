import threading
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import pytest
from cv2.typing import MatLike

from facemark.adapters.vision.captures import Capture
from facemark.adapters.vision.live import LiveCamera, Reconnect, Timing
from facemark.domain.errors import Unavailable

STEP_S = 0.1


class Clock:
    """Every look at it is 0.1 s later."""

    def __init__(self) -> None:
        self.ticks = 0

    def __call__(self) -> float:
        self.ticks += 1
        return self.ticks * STEP_S


class ScriptedCapture:
    """Gives the frames 0 … `frames` - 1, then waits to be allowed to lose the picture."""

    def __init__(self, frames: int, lose: threading.Event, *, opens: bool = True) -> None:
        self.frames = frames
        self.lose = lose
        self.opens = opens
        self.grabbed = 0
        self.released = False
        self.drained = threading.Event()

    def isOpened(self) -> bool:
        return self.opens

    def grab(self) -> bool:
        if self.opens and self.grabbed < self.frames:
            self.grabbed += 1
            return True
        self.drained.set()
        self.lose.wait(10)
        return False

    def retrieve(self) -> tuple[bool, MatLike]:
        return True, np.full((2, 2, 3), self.grabbed - 1, np.uint8)

    def get(self, propId: int, /) -> float:
        return float(propId * 0)

    def release(self) -> None:
        self.released = True


class Door:
    """Hands out scripted captures one after another; the last one is given for ever."""

    def __init__(self, captures: Sequence[ScriptedCapture]) -> None:
        self.captures: Iterator[ScriptedCapture] = iter(captures)
        self.last = captures[-1]

    def __call__(self) -> Capture:
        return next(self.captures, self.last)


class Waits:
    """Passes at once; after the wanted number of waits the caller may go on."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.seconds: list[float] = []
        self.enough = threading.Event()

    def __call__(self, stopped: threading.Event, seconds: float) -> bool:
        self.seconds.append(seconds)
        if len(self.seconds) >= self.wanted:
            self.enough.set()
            return stopped.wait(10)
        return stopped.is_set()


def lost() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


def test_only_the_newest_frame_is_kept() -> None:
    capture = ScriptedCapture(5, threading.Event())
    camera = LiveCamera(Door([capture]), "camera 0", timing=Timing(now=Clock()))
    capture.drained.wait(10)

    newest = next(camera.frames())

    assert newest.image[0, 0, 0] == 4
    assert newest.position_s == pytest.approx(5 * STEP_S)
    capture.lose.set()
    camera.close()
    assert capture.released


def test_skipped_frames_are_not_converted() -> None:
    capture = ScriptedCapture(8, threading.Event())
    camera = LiveCamera(Door([capture]), "camera 0", max_fps=1.0, timing=Timing(now=Clock()))
    capture.drained.wait(10)

    assert next(camera.frames()).image[0, 0, 0] == 0
    capture.lose.set()
    camera.close()


def test_a_lost_camera_is_reported_and_comes_back() -> None:
    first = ScriptedCapture(1, lost())
    back = ScriptedCapture(1, threading.Event())
    reports: list[Reconnect] = []
    camera = LiveCamera(
        Door([first, back]),
        "camera 0",
        on_reconnect=reports.append,
        timing=Timing(now=Clock(), wait=Waits(99)),
    )
    back.drained.wait(10)

    assert next(camera.frames()).position_s == pytest.approx(2 * STEP_S)
    assert reports == [Reconnect("camera 0", attempt=1, wait_s=1.0)]
    assert first.released
    back.lose.set()
    camera.close()


def test_attempts_grow_further_apart_up_to_half_a_minute() -> None:
    waits = Waits(7)
    gone = ScriptedCapture(0, lost(), opens=False)
    camera = LiveCamera(
        Door([ScriptedCapture(1, lost()), gone]),
        "camera 0",
        timing=Timing(now=Clock(), wait=waits),
    )
    waits.enough.wait(10)
    camera.close()

    assert waits.seconds == [1, 2, 4, 8, 16, 30, 30]


def test_a_camera_that_does_not_open_is_refused_at_once() -> None:
    closed = ScriptedCapture(0, lost(), opens=False)

    with pytest.raises(Unavailable, match="camera 0") as caught:
        LiveCamera(Door([closed]), "camera 0")

    assert caught.value.code == "camera_unavailable"
    assert closed.released


def test_a_device_that_raises_counts_as_lost() -> None:
    class Unplugged(ScriptedCapture):
        def grab(self) -> bool:
            raise cv2.error("device gone")

    waits = Waits(1)
    camera = LiveCamera(
        Door([Unplugged(0, lost())]), "camera 0", timing=Timing(now=Clock(), wait=waits)
    )

    assert waits.enough.wait(10)
    camera.close()


def test_closing_ends_a_waiting_reader() -> None:
    capture = ScriptedCapture(0, threading.Event())
    camera = LiveCamera(Door([capture]), "camera 0")
    seen: list[object] = []
    watcher = threading.Thread(target=lambda: seen.extend(camera.frames()))
    watcher.start()

    capture.lose.set()
    camera.close()
    watcher.join(10)

    assert not watcher.is_alive()
    assert seen == []


def test_a_camera_is_named_not_described() -> None:
    capture = ScriptedCapture(0, lost())
    camera = LiveCamera(Door([capture]), "camera 0", timing=Timing(wait=Waits(1)))
    camera.close()

    assert camera.live
    assert len(camera.fingerprint) == 32
