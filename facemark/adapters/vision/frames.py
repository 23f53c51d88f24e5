"""Frames from a recording, a camera index or a network stream, by one address."""

import hashlib
from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import urlsplit

import cv2
import numpy as np

from facemark.adapters.vision.captures import Capture, open_camera, open_file, open_stream
from facemark.adapters.vision.live import LiveCamera, OnReconnect
from facemark.domain.errors import InvalidInput
from facemark.services.ports.vision import FrameSource, TimedFrame

_STREAM_SCHEMES = ("rtsp", "rtsps", "http", "https")
_FALLBACK_FPS = 25.0


def open_source(
    address: str, *, max_fps: float | None = None, on_reconnect: OnReconnect | None = None
) -> FrameSource:
    """A file path, a camera index ("0") or a stream (rtsp://, rtsps://, http://, https://).

    Raises InvalidInput `video_not_found`, `video_unreadable`, `source_unsupported` or
    `max_fps_invalid`, and Unavailable `camera_unavailable`.
    """
    if max_fps is not None and not max_fps > 0:
        raise InvalidInput(
            "max_fps_invalid", f"{max_fps} frames per second is no rate", "give a number above 0"
        )
    if _is_index(address):
        opener = partial(open_camera, int(address))
        return LiveCamera(opener, f"camera {address}", max_fps=max_fps, on_reconnect=on_reconnect)
    if "://" in address:
        name = _public_name(address)
        opener_of_stream = partial(open_stream, address)
        return LiveCamera(opener_of_stream, name, max_fps=max_fps, on_reconnect=on_reconnect)
    return Recording(Path(address), max_fps=max_fps)


def is_live(address: str) -> bool:
    """Whether the address names a camera or a stream rather than a file."""
    return "://" in address or _is_index(address)


def _is_index(address: str) -> bool:
    return address.isascii() and address.isdigit()


class Recording:
    """A video file; every `frames()` starts at its beginning. A cut-off file ends where it ends."""

    live = False

    def __init__(self, path: Path, *, max_fps: float | None = None) -> None:
        if not path.is_file():
            raise InvalidInput(
                "video_not_found", f"there is no video file {path}", "check the path"
            )
        self._path = path
        self._max_fps = max_fps
        self._closed = False
        self._check_readable()

    @cached_property
    def fingerprint(self) -> bytes:
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()

    def frames(self) -> Iterator[TimedFrame]:
        capture = open_file(self._path)
        try:
            yield from self._thinned(capture)
        finally:
            capture.release()

    def close(self) -> None:
        self._closed = True

    def _thinned(self, capture: Capture) -> Iterator[TimedFrame]:
        last_slot = -1
        for position_s in _positions(capture):
            if self._closed:
                return
            slot = self._slot(position_s, last_slot)
            if slot == last_slot:
                continue
            last_slot = slot
            ok, image = capture.retrieve()
            if ok:
                yield TimedFrame(position_s, np.asarray(image, np.uint8))

    def _slot(self, position_s: float, last_slot: int) -> int:
        """Slots are fixed to the recording's clock, so a replay picks the same frames."""
        if self._max_fps is None:
            return last_slot + 1
        return int(position_s * self._max_fps + 1e-6)

    def _check_readable(self) -> None:
        capture = open_file(self._path)
        readable = capture.isOpened() and capture.grab()
        capture.release()
        if not readable:
            raise InvalidInput(
                "video_unreadable",
                f"no frame of {self._path} could be decoded",
                "convert it to MP4 with H.264, for example with ffmpeg or HandBrake",
            )


def _positions(capture: Capture) -> Iterator[float]:
    """Grab to the end; seconds from the first frame, strictly rising.

    The container's time stamp is used where it moves forward; broken or missing stamps are
    replaced by one frame interval after the frame before.
    """
    reported_fps = capture.get(cv2.CAP_PROP_FPS)
    interval_s = 1.0 / reported_fps if reported_fps > 0 else 1.0 / _FALLBACK_FPS
    first_s: float | None = None
    position_s = 0.0
    while capture.grab():
        stamp_s = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000.0
        if first_s is None:
            first_s = stamp_s
        else:
            since_first = stamp_s - first_s
            position_s = since_first if since_first > position_s else position_s + interval_s
        yield position_s


def _public_name(url: str) -> str:
    """The address without user, password and query: it ends up in logs and messages."""
    parts = urlsplit(url)
    if parts.scheme not in _STREAM_SCHEMES:
        raise InvalidInput(
            "source_unsupported",
            f"{parts.scheme}:// is not a camera address",
            "give a file, a camera number, or an address with " + ", ".join(_STREAM_SCHEMES),
        )
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
