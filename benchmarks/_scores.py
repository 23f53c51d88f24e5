"""Similarities between strangers and between photos of one person."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks._lfw import FaceSet, person_rows
from facemark.domain.faces import Embeddings

Scores = NDArray[np.float32]
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class ScoreSet:
    """`impostor`: cosines of different people, `genuine`: of one person; no order."""

    impostor: Scores
    genuine: Scores


def photo_scores(faces: FaceSet) -> ScoreSet:
    """Every pair of photos once."""
    people = _person_numbers(faces)
    impostor, genuine = [], []
    for start in range(0, len(people), _BLOCK):
        rows = slice(start, start + _BLOCK)
        similarity = faces.vectors[rows] @ faces.vectors[start:].T
        later = np.triu(np.ones(similarity.shape, np.bool_), k=1)
        same = people[rows, None] == people[None, start:]
        impostor.append(similarity[later & ~same])
        genuine.append(similarity[later & same])
    return ScoreSet(np.concatenate(impostor), np.concatenate(genuine))


def template_scores(faces: FaceSet, k: int) -> ScoreSet:
    """Every photo against every template, the normalised mean of k photos of one person.

    A person's photos are cut into as many templates of k as they fill; a template is never
    compared with the photos it was made of.
    """
    people = _person_numbers(faces)
    owners, members, means = _templates(faces, k)
    impostor, genuine = [], []
    for start in range(0, len(people), _BLOCK):
        rows = slice(start, start + _BLOCK)
        similarity = faces.vectors[rows] @ means.T
        same = people[rows, None] == owners[None, :]
        inside = members[:, rows].T
        impostor.append(similarity[~same])
        genuine.append(similarity[same & ~inside])
    return ScoreSet(np.concatenate(impostor), np.concatenate(genuine))


def normalised_mean(vectors: Embeddings) -> Embeddings:
    mean = vectors.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def _templates(faces: FaceSet, k: int) -> tuple[NDArray[np.int64], NDArray[np.bool_], Embeddings]:
    """Owner's number, (templates, photos) membership, and (templates, dimensions) means."""
    people = _person_numbers(faces)
    chosen = list(_template_rows(faces, k))
    members = np.zeros((len(chosen), len(people)), np.bool_)
    for index, rows in enumerate(chosen):
        members[index, rows] = True
    owners = np.array([people[rows[0]] for rows in chosen], np.int64)
    means = [normalised_mean(faces.vectors[rows]) for rows in chosen]
    return owners, members, np.stack(means)


def _template_rows(faces: FaceSet, k: int) -> Iterator[NDArray[np.int64]]:
    for _, rows in person_rows(faces.names):
        for start in range(0, len(rows) - k + 1, k):
            yield rows[start : start + k]


def _person_numbers(faces: FaceSet) -> NDArray[np.int64]:
    return np.asarray(np.unique(faces.names, return_inverse=True)[1], np.int64)
