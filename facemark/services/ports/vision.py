"""Ports to cameras, images and face models."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from facemark.domain.faces import Embeddings, EngineModel, Face, Frame
from facemark.domain.quality import FaceQuality


class FaceEngine(Protocol):
    """A detector and a recogniser that belong together. Not thread-safe: one thread owns it."""

    @property
    def model(self) -> EngineModel: ...

    def detect(self, frame: Frame) -> list[Face]:
        """Faces of the frame, boxes in full-frame coordinates; [] for a frame without one."""
        ...

    def embed(self, frame: Frame, faces: Sequence[Face]) -> Embeddings:
        """One unit vector per face, (len(faces), dimensions) float32; (0, dimensions) for none."""
        ...


class QualityMeter(Protocol):
    def measure(self, frame: Frame, face: Face) -> FaceQuality: ...


class ImageDecoder(Protocol):
    def decode(self, data: bytes) -> Frame:
        """An upright frame from JPEG, PNG or WebP bytes.

        Raises InvalidInput `image_unreadable` or `image_too_large`; the pixel count is checked
        before any pixel is decoded.
        """
        ...


@dataclass(frozen=True, slots=True)
class TimedFrame:
    """A frame and its place in the recording, in seconds from its start (live: from opening)."""

    position_s: float
    image: Frame


class FrameSource(Protocol):
    """A file or a camera, opened. Iterating yields frames until the end or `close()`."""

    @property
    def live(self) -> bool: ...

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that name the recording (SHA-256 of the file), or a live source's name."""
        ...

    def frames(self) -> Iterator[TimedFrame]: ...

    def close(self) -> None: ...


class QrReader(Protocol):
    def read(self, frame: Frame) -> list[str]:
        """Texts of the QR codes in view; [] when there are none."""
        ...
