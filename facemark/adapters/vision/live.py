"""A camera that is always looked at now: lag never builds up and a lost picture comes back."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from facemark.adapters.vision.captures import Capture
from facemark.domain.errors import Unavailable
from facemark.services.ports.vision import TimedFrame

_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Reconnect:
    """The camera was lost; attempt `attempt` (from 1) follows after `wait_s` seconds."""

    source: str
    attempt: int
    wait_s: float


OnReconnect = Callable[[Reconnect], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """`now` in seconds, monotone. `wait` pauses, or returns at once when the event is set."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[threading.Event, float], bool] = threading.Event.wait


class LiveCamera:
    """Reads in a thread of its own and holds only the newest frame.

    `position_s` is the time since opening at which the frame was grabbed, outages included.
    """

    live = True

    def __init__(
        self,
        opener: Callable[[], Capture],
        name: str,
        *,
        max_fps: float | None = None,
        on_reconnect: OnReconnect | None = None,
        timing: Timing | None = None,
    ) -> None:
        """Raises Unavailable `camera_unavailable` when the first opening fails."""
        self._opener = opener
        self._name = name
        self._min_interval_s = 1.0 / max_fps if max_fps else 0.0
        self._on_reconnect = on_reconnect
        self._timing = timing or Timing()
        self._newest = _Newest()
        self._stopped = threading.Event()
        capture = opener()
        if not capture.isOpened():
            capture.release()
            raise Unavailable(
                "camera_unavailable",
                f"{name} could not be opened",
                "check the cable or address, and that no other program holds the camera",
            )
        self._opened_at_s = self._timing.now()
        self._reader = threading.Thread(target=self._read, args=(capture,), daemon=True)
        self._reader.start()

    @property
    def fingerprint(self) -> bytes:
        return hashlib.sha256(self._name.encode()).digest()

    def frames(self) -> Iterator[TimedFrame]:
        while (frame := self._newest.take()) is not None:
            yield frame

    def close(self) -> None:
        self._stopped.set()
        self._newest.close()
        self._reader.join(timeout=_LONGEST_WAIT_S)

    def _read(self, capture: Capture) -> None:
        failures = 0
        try:
            while not self._stopped.is_set():
                failures = 1 if self._read_until_lost(capture) else failures + 1
                capture.release()
                self._pause(failures)
                if not self._stopped.is_set():
                    capture = self._opener()
        finally:
            capture.release()
            self._newest.close()

    def _read_until_lost(self, capture: Capture) -> bool:
        """Whether the capture gave any frame at all."""
        due_s = 0.0
        alive = False
        while not self._stopped.is_set() and _grab(capture):
            alive = True
            position_s = self._timing.now() - self._opened_at_s
            if position_s < due_s:
                continue
            due_s = position_s + self._min_interval_s
            ok, image = capture.retrieve()
            if ok:
                self._newest.put(TimedFrame(position_s, np.asarray(image, np.uint8)))
        return alive

    def _pause(self, failures: int) -> None:
        """1, 2, 4 … 30 s between attempts; none when the source was closed."""
        if self._stopped.is_set():
            return
        wait_s = min(_FIRST_WAIT_S * 2 ** (failures - 1), _LONGEST_WAIT_S)
        if self._on_reconnect is not None:
            self._on_reconnect(Reconnect(self._name, failures, wait_s))
        self._timing.wait(self._stopped, wait_s)


class _Newest:
    """A mailbox for one frame: a new one replaces the old, a taken one is gone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: TimedFrame | None = None
        self._closed = False

    def put(self, frame: TimedFrame) -> None:
        with self._changed:
            self._frame = frame
            self._changed.notify()

    def take(self) -> TimedFrame | None:
        """The newest frame, waiting for one; None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed)
            frame, self._frame = self._frame, None
            return None if self._closed else frame

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def _grab(capture: Capture) -> bool:
    """False also where OpenCV raises on a vanished device: both mean the picture is lost."""
    try:
        return capture.grab()
    except cv2.error:
        return False
