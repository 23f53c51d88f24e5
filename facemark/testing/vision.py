"""Shipped fakes of the vision ports: faces, their vectors and their quality follow a script."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np

from facemark.domain.faces import (
    Box,
    Embeddings,
    EngineModel,
    Face,
    Frame,
    Landmarks,
    Point,
)
from facemark.domain.quality import FaceQuality
from facemark.services.ports.vision import TimedFrame

FAKE_MODEL = EngineModel("fake", "0" * 64, 32)

GOOD_QUALITY = FaceQuality(
    eye_distance_px=60.0,
    sharpness=300.0,
    brightness=120.0,
    contrast=50.0,
    yaw=0.0,
    roll_deg=0.0,
    inside=1.0,
)
BLURRED_QUALITY = replace(GOOD_QUALITY, eye_distance_px=9.0, sharpness=7.0)
HOPELESS_QUALITY = replace(
    GOOD_QUALITY, eye_distance_px=3.0, sharpness=0.5, brightness=5.0, contrast=2.0
)


@dataclass(frozen=True, slots=True, eq=False)
class ScriptedFace:
    """One face of one frame. `vector`: (dimensions,) float32, unit norm."""

    box: Box
    vector: Embeddings = field(repr=False)
    quality: FaceQuality = GOOD_QUALITY


Script = Sequence[Sequence[ScriptedFace]]


@dataclass(slots=True)
class FakeFaceEngine:
    """Engine and meter in one. It knows a frame by the number `scripted_frame` put into it.

    `embedded` counts the faces it was asked to embed; a frame outside the script has no face.
    """

    script: Script
    model: EngineModel = FAKE_MODEL
    embedded: int = 0

    def detect(self, frame: Frame) -> list[Face]:
        return [
            Face(scripted.box, _landmarks(scripted.box), score=0.9)
            for scripted in self._scripted(frame)
        ]

    def embed(self, frame: Frame, faces: Sequence[Face]) -> Embeddings:
        self.embedded += len(faces)
        vectors = [self._find(frame, face).vector for face in faces]
        if not vectors:
            return np.zeros((0, self.model.dimensions), np.float32)
        return np.stack(vectors).astype(np.float32)

    def measure(self, frame: Frame, face: Face) -> FaceQuality:
        return self._find(frame, face).quality

    def _find(self, frame: Frame, face: Face) -> ScriptedFace:
        return next(s for s in self._scripted(frame) if s.box == face.box)

    def _scripted(self, frame: Frame) -> Sequence[ScriptedFace]:
        number = int(frame[0, 0, 0]) + 256 * int(frame[0, 0, 1])
        return self.script[number] if number < len(self.script) else ()


def scripted_frame(number: int, *, grey: int = 90) -> Frame:
    """A small even picture that carries its number; another `grey` looks like a scene cut."""
    frame = np.full((64, 64, 3), grey, np.uint8)
    frame[0, 0, :2] = number % 256, number // 256
    return frame


@dataclass(slots=True)
class FakeFrameSource:
    """Plays `count` scripted frames at `fps`; `greys` gives some of them another brightness."""

    count: int
    fps: float = 10.0
    greys: Mapping[int, int] = field(default_factory=dict)
    live: bool = False
    closed: bool = False

    @property
    def fingerprint(self) -> bytes:
        return sha256(f"fake:{self.count}:{self.fps}".encode()).digest()

    def frames(self) -> Iterator[TimedFrame]:
        for number in range(self.count):
            if self.closed:
                return
            grey = self.greys.get(number, 90)
            yield TimedFrame(number / self.fps, scripted_frame(number, grey=grey))

    def close(self) -> None:
        self.closed = True


def random_unit(rng: np.random.Generator, dimensions: int = FAKE_MODEL.dimensions) -> Embeddings:
    """A direction drawn evenly; two of them are nearly at right angles."""
    vector = rng.standard_normal(dimensions).astype(np.float32)
    unit: Embeddings = vector / np.float32(np.linalg.norm(vector))
    return unit


def unit_like(vector: Embeddings, cosine: float, rng: np.random.Generator) -> Embeddings:
    """A unit vector at exactly this cosine to `vector`, otherwise in a random direction."""
    other = random_unit(rng, vector.shape[0])
    aside = other - np.dot(other, vector) * vector
    aside /= np.linalg.norm(aside)
    unit: Embeddings = (cosine * vector + (1.0 - cosine**2) ** 0.5 * aside).astype(np.float32)
    return unit


def _landmarks(box: Box) -> Landmarks:
    def at(x: float, y: float) -> Point:
        return Point(box.x + x * box.width, box.y + y * box.height)

    return Landmarks(at(0.3, 0.4), at(0.7, 0.4), at(0.5, 0.6), at(0.35, 0.8), at(0.65, 0.8))
