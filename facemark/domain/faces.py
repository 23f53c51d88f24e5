"""What a face engine sees: boxes, landmarks and the identity of the model that saw them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""An image, (height, width, 3) uint8, channels blue-green-red."""

Embeddings = NDArray[np.float32]
"""Face vectors, (n, dimensions) float32, every row of unit norm."""


@dataclass(frozen=True, slots=True)
class Box:
    """Axis-aligned rectangle in full-frame pixels; may reach outside the frame."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    """A position in full-frame pixels."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Five facial points; "right" and "left" are the person's own."""

    right_eye: Point
    left_eye: Point
    nose_tip: Point
    right_mouth: Point
    left_mouth: Point


@dataclass(frozen=True, slots=True)
class Face:
    """One detection. `score` is the detector's own, 0 to 1, comparable within one engine only."""

    box: Box
    landmarks: Landmarks
    score: float


@dataclass(frozen=True, slots=True)
class EngineModel:
    """Identity of an embedding space: vectors of different models must never be compared."""

    engine: str
    model_hash: str
    dimensions: int
