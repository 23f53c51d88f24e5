"""The enrolled people a probe is compared with: one vector per person, exact search."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facemark.domain.errors import Conflict
from facemark.domain.faces import Embeddings, EngineModel
from facemark.domain.ids import PersonId
from facemark.domain.templates import Template

Similarities = NDArray[np.float32]
"""Cosines, (probes, people) float32."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The two most similar *people* for one probe; None where the gallery has no such person."""

    person_id: PersonId | None
    similarity: float | None
    runner_up_id: PersonId | None
    runner_up_similarity: float | None


NOBODY = Candidates(None, None, None, None)


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """People in a stable order; row i of `vectors` is the renormalised mean of person i's photos.

    `vectors`: (people, dimensions) float32, unit norm, read-only. `photos`: how many per person.
    `model` is None for an empty gallery. `version` is the store's counter at the time of loading.
    """

    people: tuple[PersonId, ...]
    vectors: Embeddings
    photos: tuple[int, ...]
    model: EngineModel | None
    version: int

    @classmethod
    def build(cls, templates: Sequence[Template], *, version: int) -> "Gallery":
        """Raises Conflict `gallery_mixed` when the templates are not all of one model."""
        if not templates:
            return cls((), np.zeros((0, 0), np.float32), (), None, version)
        model = templates[0].model
        if any(template.model != model for template in templates):
            raise Conflict(
                "gallery_mixed",
                "face templates of different models cannot be compared",
                "enrol again with the engine that is in use",
            )
        index = {person: i for i, person in enumerate(sorted({t.person_id for t in templates}))}
        rows = np.array([index[template.person_id] for template in templates])
        sums = np.zeros((len(index), model.dimensions), np.float32)
        np.add.at(sums, rows, np.stack([template.vector for template in templates]))
        photos = tuple(int(n) for n in np.bincount(rows, minlength=len(index)))
        return cls(tuple(index), _unit(sums), photos, model, version)

    def __len__(self) -> int:
        return len(self.people)

    def narrow(self, expected: Collection[PersonId]) -> "Gallery":
        """Only those who are expected; strangers then have fewer people to resemble."""
        wanted = frozenset(expected)
        keep = [i for i, person in enumerate(self.people) if person in wanted]
        return Gallery(
            tuple(self.people[i] for i in keep),
            self.vectors[keep],
            tuple(self.photos[i] for i in keep),
            self.model if keep else None,
            self.version,
        )

    def similarities(self, probes: Embeddings) -> Similarities:
        """Exact cosines of unit probes (n, dimensions) with everybody."""
        if not self.people:
            return np.zeros((len(probes), 0), np.float32)
        scores: Similarities = probes @ self.vectors.T
        return scores

    def best_two(self, probes: Embeddings) -> list[Candidates]:
        """The best two people for each probe."""
        return rank_people(self.people, self.similarities(probes))


def rank_people(people: Sequence[PersonId], scores: Similarities) -> list[Candidates]:
    """The best two columns of each row of `scores`, named; ties go to the earlier person."""
    if not people:
        return [NOBODY] * len(scores)
    rows = np.arange(len(scores))
    first = scores.argmax(axis=1)
    if len(people) == 1:
        return [Candidates(people[0], float(score), None, None) for score in scores[:, 0]]
    others = scores.copy()
    others[rows, first] = -np.inf
    second = others.argmax(axis=1)
    return [
        Candidates(people[i], float(scores[row, i]), people[j], float(scores[row, j]))
        for row, i, j in zip(rows, first, second, strict=True)
    ]


def _unit(vectors: Embeddings) -> Embeddings:
    """Rows of unit norm. A person whose photos cancel out becomes zero and matches nobody."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Embeddings = vectors / np.maximum(norms, np.float32(1e-6))
    unit.flags.writeable = False
    return unit
