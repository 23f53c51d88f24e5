"""What both engines do to frames before, and to vectors after, their models."""

import cv2
import numpy as np

from facemark.domain.faces import Embeddings, Frame


def shrink(frame: Frame, longest_side: int) -> tuple[Frame, float]:
    """The frame within `longest_side`, and working size ÷ full size; small frames stay as is."""
    height, width = frame.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1.0:
        return frame, 1.0
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def unit_rows(vectors: Embeddings) -> Embeddings:
    """Every row divided by its length; a row of zeros stays zero and is like nothing."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), np.float32)
