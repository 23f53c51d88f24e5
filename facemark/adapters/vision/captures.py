"""The part of cv2.VideoCapture that sources use, and how one is opened."""

from pathlib import Path
from typing import Protocol

import cv2
from cv2.typing import MatLike

_TIMEOUT_MS = 10_000


class Capture(Protocol):
    """`grab` fetches a frame, `retrieve` converts it: a frame only grabbed is nearly free."""

    def isOpened(self) -> bool: ...

    def grab(self) -> bool: ...

    def retrieve(self) -> tuple[bool, MatLike]: ...

    def get(self, propId: int, /) -> float: ...

    def release(self) -> None: ...


def open_file(path: Path) -> Capture:
    return cv2.VideoCapture(str(path))


def open_camera(index: int) -> Capture:
    capture = cv2.VideoCapture(index)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


def open_stream(url: str) -> Capture:
    limits = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _TIMEOUT_MS, cv2.CAP_PROP_READ_TIMEOUT_MSEC, _TIMEOUT_MS
    ]  # fmt: skip
    return cv2.VideoCapture(url, cv2.CAP_FFMPEG, limits)
