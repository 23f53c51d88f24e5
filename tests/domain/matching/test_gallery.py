from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pytest

from facemark.domain.errors import Conflict
from facemark.domain.faces import Embeddings, EngineModel
from facemark.domain.ids import PersonId, TemplateId
from facemark.domain.matching.gallery import Candidates, Gallery
from facemark.domain.templates import Template
from facemark.testing.vision import FAKE_MODEL, random_unit, unit_like

ALICE, BOB, CHARLIE = (PersonId(UUID(int=n)) for n in (1, 2, 3))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def photo(person: PersonId, vector: Embeddings, model: EngineModel = FAKE_MODEL) -> Template:
    made_at = datetime(2026, 9, 1, tzinfo=UTC)
    return Template(TemplateId(UUID(int=99)), person, model, made_at, vector)


def test_a_person_is_the_renormalised_mean_of_their_photos(rng: np.random.Generator) -> None:
    first = random_unit(rng)
    second = unit_like(first, 0.6, rng)
    gallery = Gallery.build([photo(ALICE, first), photo(ALICE, second)], version=4)
    mean = first + second
    assert gallery.people == (ALICE,)
    assert gallery.photos == (2,)
    assert gallery.version == 4
    np.testing.assert_allclose(gallery.vectors[0], mean / np.linalg.norm(mean), atol=1e-6)


def test_the_best_two_are_people_not_photos_of_one_person(rng: np.random.Generator) -> None:
    alice, bob = random_unit(rng), random_unit(rng)
    templates = [photo(ALICE, unit_like(alice, 0.9, rng)) for _ in range(3)]
    gallery = Gallery.build([*templates, photo(BOB, bob)], version=1)
    (candidates,) = gallery.best_two(alice[np.newaxis])
    assert (candidates.person_id, candidates.runner_up_id) == (ALICE, BOB)
    assert candidates.runner_up_similarity == pytest.approx(float(alice @ bob), abs=1e-6)


def test_a_batch_is_answered_probe_by_probe_exactly(rng: np.random.Generator) -> None:
    people = [PersonId(UUID(int=n)) for n in range(200)]
    vectors = [random_unit(rng) for _ in people]
    gallery = Gallery.build([photo(p, v) for p, v in zip(people, vectors, strict=True)], version=1)
    probes = np.stack([unit_like(vectors[n], 0.8, rng) for n in (17, 3, 150)])
    answers = gallery.best_two(probes)
    assert [a.person_id for a in answers] == [people[17], people[3], people[150]]
    for probe, answer in zip(probes, answers, strict=True):
        ranked = sorted((float(v @ probe) for v in vectors), reverse=True)
        assert answer.similarity == pytest.approx(ranked[0], abs=1e-5)
        assert answer.runner_up_similarity == pytest.approx(ranked[1], abs=1e-5)


def test_an_empty_gallery_knows_nobody(rng: np.random.Generator) -> None:
    gallery = Gallery.build([], version=9)
    assert len(gallery) == 0
    assert gallery.best_two(random_unit(rng)[np.newaxis]) == [Candidates(None, None, None, None)]


def test_a_gallery_of_one_has_no_runner_up(rng: np.random.Generator) -> None:
    vector = random_unit(rng)
    (candidates,) = Gallery.build([photo(BOB, vector)], version=1).best_two(vector[np.newaxis])
    assert candidates.person_id == BOB
    assert candidates.runner_up_id is None
    assert candidates.runner_up_similarity is None


def test_narrowing_leaves_only_who_is_expected(rng: np.random.Generator) -> None:
    vectors = {person: random_unit(rng) for person in (ALICE, BOB, CHARLIE)}
    gallery = Gallery.build([photo(p, v) for p, v in vectors.items()], version=5)
    narrow = gallery.narrow({BOB, PersonId(UUID(int=77))})
    assert narrow.people == (BOB,)
    assert narrow.version == 5
    (candidates,) = narrow.best_two(vectors[ALICE][np.newaxis])
    assert candidates.person_id == BOB
    assert len(gallery.narrow(set())) == 0


def test_photos_that_cancel_out_match_nobody(rng: np.random.Generator) -> None:
    vector = random_unit(rng)
    gallery = Gallery.build([photo(ALICE, vector), photo(ALICE, -vector)], version=1)
    (candidates,) = gallery.best_two(vector[np.newaxis])
    assert candidates.similarity == pytest.approx(0.0, abs=1e-3)


def test_templates_of_two_models_are_never_compared(rng: np.random.Generator) -> None:
    other = EngineModel("other", "1" * 64, FAKE_MODEL.dimensions)
    with pytest.raises(Conflict, match="gallery_mixed"):
        Gallery.build(
            [photo(ALICE, random_unit(rng)), photo(BOB, random_unit(rng), other)], version=1
        )
