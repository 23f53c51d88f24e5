"""Open-set identification: enrolled people must be found and strangers must not be named."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks._curve import CurveSource, build_curve
from benchmarks._lfw import FaceSet, person_rows
from benchmarks._scores import normalised_mean, photo_scores, template_scores
from facemark.domain.faces import Embeddings
from facemark.domain.matching.calibration import load_calibration

TARGET_FPIR = 0.003
GALLERIES = 20
CONFIDENCE = (2.5, 97.5)
BOOTSTRAPS = 1000


_PersonRows = tuple[NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class OpenSetResult:
    """Rates are means over the galleries, the threshold is their median.

    `fpir`: strangers' photos that pass the threshold for anybody. `fnir`: photos of enrolled people
    not named correctly, `fnir_ci` its 95 % bootstrap over people. `false_attribution`: photos of
    enrolled people named as somebody else.
    """

    n: int
    k: int
    fpir: float
    fnir: float
    fnir_ci: tuple[float, float]
    false_attribution: float
    threshold: float


@dataclass(frozen=True, slots=True)
class _Draw:
    """Rows: `enrolled` (n, k), `mated` one per enrolled person, `strangers`, `calibration`."""

    enrolled: NDArray[np.int64]
    mated: NDArray[np.int64]
    strangers: NDArray[np.int64]
    calibration: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Trial:
    threshold: float
    fpir: float
    people: NDArray[np.str_]
    missed: NDArray[np.bool_]
    misnamed: NDArray[np.bool_]


def measure_open_set(faces: FaceSet, n: int, k: int, *, seed: int) -> OpenSetResult | None:
    """None when the set has too few people with k photos to enrol and one more to probe with."""
    rng = np.random.default_rng([seed, n, k])
    if len(_enrollable(_people(faces), k)) < n:
        return None
    trials = [_try(faces, _draw(faces, n, k, rng), k) for _ in range(GALLERIES)]
    return OpenSetResult(
        n=n,
        k=k,
        fpir=float(np.mean([trial.fpir for trial in trials])),
        fnir=float(np.mean([trial.missed.mean() for trial in trials])),
        fnir_ci=_interval(trials, rng),
        false_attribution=float(np.mean([trial.misnamed.mean() for trial in trials])),
        threshold=float(np.median([trial.threshold for trial in trials])),
    )


def _draw(faces: FaceSet, n: int, k: int, rng: np.random.Generator) -> _Draw:
    """Enrol n people; half of the others are strangers, the other half set the threshold.

    A photo without a found face cannot be enrolled but can come as a probe, and then counts as
    not recognised.
    """
    people = _people(faces)
    chosen = set(rng.permutation(_enrollable(people, k))[:n].tolist())
    enrolled, mated = [], []
    for index in sorted(chosen):
        rows, found = people[index]
        templates = rng.permutation(found)[:k]
        enrolled.append(templates)
        mated.append(rng.choice(np.setdiff1d(rows, templates)))
    others = rng.permutation([i for i in range(len(people)) if i not in chosen])
    half = len(others) // 2
    return _Draw(
        np.array(enrolled),
        np.array(mated),
        strangers=np.array([rng.choice(people[i][0]) for i in others[:half]]),
        calibration=np.concatenate([people[i][1] for i in others[half:]]),
    )


def _people(faces: FaceSet) -> list[_PersonRows]:
    """Per person all photos, and those in which a face was found."""
    return [(rows, rows[faces.found[rows]]) for _, rows in person_rows(faces.names)]


def _enrollable(people: list[_PersonRows], k: int) -> list[int]:
    return [i for i, (rows, found) in enumerate(people) if len(found) >= k and len(rows) > k]


def _try(faces: FaceSet, draw: _Draw, k: int) -> _Trial:
    gallery = np.stack([normalised_mean(faces.vectors[rows]) for rows in draw.enrolled])
    names = faces.names[draw.enrolled[:, 0]]
    threshold = _threshold(faces.take(draw.calibration), len(names), k)
    best, score = _best(faces.vectors[draw.mated], gallery)
    accepted = score >= threshold
    right = names[best] == faces.names[draw.mated]
    _, stranger_score = _best(faces.vectors[draw.strangers], gallery)
    return _Trial(
        threshold,
        fpir=float((stranger_score >= threshold).mean()),
        people=names,
        missed=~(accepted & right),
        misnamed=accepted & ~right,
    )


def _threshold(faces: FaceSet, n: int, k: int) -> float:
    """As the product chooses it, from a curve of people who take no other part in this trial."""
    scores = photo_scores(faces) if k == 1 else template_scores(faces, k)
    source = CurveSource(faces.engine, faces.model_hash, faces.vectors.shape[1], "trial", 0, 0)
    calibration = load_calibration(build_curve((scores,), source))
    return calibration.similarity_at(1.0 - (1.0 - TARGET_FPIR) ** (1.0 / n)).similarity


def _best(probes: Embeddings, gallery: Embeddings) -> tuple[NDArray[np.int64], Embeddings]:
    similarity = probes @ gallery.T
    return similarity.argmax(axis=1), similarity.max(axis=1)


def _interval(trials: list[_Trial], rng: np.random.Generator) -> tuple[float, float]:
    """A person's photos across galleries are not independent, so people are drawn, not photos."""
    people, owner = np.unique(np.concatenate([t.people for t in trials]), return_inverse=True)
    missed = np.bincount(owner, np.concatenate([t.missed for t in trials]))
    seen = np.bincount(owner)
    draws = rng.integers(0, len(people), (BOOTSTRAPS, len(people)))
    rates = missed[draws].sum(axis=1) / seen[draws].sum(axis=1)
    low, high = np.percentile(rates, CONFIDENCE)
    return float(low), float(high)
