"""Labelled Faces in the Wild as vectors: DIR/Name/Name_0001.jpg, the person in the middle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facemark.adapters.vision.quality_meter import AlignedCropMeter
from facemark.domain.faces import Embeddings, Face, Frame
from facemark.domain.quality import FaceQuality
from facemark.services.ports.vision import FaceEngine

QUALITY_NAMES = tuple(field.name for field in fields(FaceQuality))


@dataclass(frozen=True, slots=True)
class FaceSet:
    """One row per photo. Where `found` is False no face was seen and the row's vector is zero.

    `names` are the person's, `numbers` the photo's number; `quality` is (n, 7) float64 in the
    order of FaceQuality's fields.
    """

    engine: str
    model_hash: str
    names: NDArray[np.str_]
    numbers: NDArray[np.int64]
    found: NDArray[np.bool_]
    vectors: Embeddings
    quality: NDArray[np.float64]

    def usable(self) -> "FaceSet":
        return self.take(self.found)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "FaceSet":
        return FaceSet(
            self.engine,
            self.model_hash,
            self.names[rows],
            self.numbers[rows],
            self.found[rows],
            self.vectors[rows],
            self.quality[rows],
        )


def load_face_set(engine: FaceEngine, images: Path, cache: Path | None) -> FaceSet:
    """From the cache when it was made with this very model and these photos, else computed."""
    paths = sorted(images.glob("*/*.jpg"))
    if cache is not None and cache.is_file():
        kept = _read_cache(cache)
        same = [f"{p.parent.name}/{_number(p)}" for p in paths] == _keys(kept)
        if kept.model_hash == engine.model.model_hash and same:
            return kept
    computed = _compute(engine, paths)
    if cache is not None:
        _write_cache(computed, cache)
    return computed


def person_rows(names: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Every person with the rows of their photos, in order of name."""
    people, inverse = np.unique(names, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[order], np.arange(len(people) + 1))
    for index, person in enumerate(people):
        yield str(person), order[bounds[index] : bounds[index + 1]]


def _compute(engine: FaceEngine, paths: Sequence[Path]) -> FaceSet:
    count = len(paths)
    vectors = np.zeros((count, engine.model.dimensions), np.float32)
    quality = np.zeros((count, len(QUALITY_NAMES)))
    found = np.zeros(count, np.bool_)
    meter = AlignedCropMeter()
    for row, path in enumerate(paths):
        frame = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR), np.uint8)
        face = _central(engine.detect(frame), frame)
        if face is not None:
            found[row] = True
            vectors[row] = engine.embed(frame, [face])[0]
            measured = meter.measure(frame, face)
            quality[row] = [getattr(measured, name) for name in QUALITY_NAMES]
    return FaceSet(
        engine.model.engine,
        engine.model.model_hash,
        np.array([path.parent.name for path in paths]),
        np.array([_number(path) for path in paths], np.int64),
        found,
        vectors,
        quality,
    )


def _central(faces: Sequence[Face], frame: Frame) -> Face | None:
    """LFW names the person in the middle; others may stand around."""
    height, width = frame.shape[:2]

    def off_centre(face: Face) -> float:
        x = face.box.x + face.box.width / 2 - width / 2
        y = face.box.y + face.box.height / 2 - height / 2
        return float(x * x + y * y)

    return min(faces, key=off_centre, default=None)


def _number(path: Path) -> int:
    return int(path.stem.rsplit("_", 1)[1])


def _keys(faces: FaceSet) -> list[str]:
    return [f"{n}/{i}" for n, i in zip(faces.names, faces.numbers, strict=True)]


def _write_cache(faces: FaceSet, path: Path) -> None:
    np.savez_compressed(
        path,
        engine=np.asarray(faces.engine),
        model_hash=np.asarray(faces.model_hash),
        names=faces.names,
        numbers=faces.numbers,
        found=faces.found,
        vectors=faces.vectors,
        quality=faces.quality,
    )


def _read_cache(path: Path) -> FaceSet:
    with np.load(path, allow_pickle=False) as kept:
        return FaceSet(
            str(kept["engine"]),
            str(kept["model_hash"]),
            *(kept[name] for name in ("names", "numbers", "found", "vectors", "quality")),
        )
