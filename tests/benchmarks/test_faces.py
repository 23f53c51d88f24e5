"""The face benchmark on made-up people whose vectors are known."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks._lfw import FaceSet, person_rows
from benchmarks._openset import measure_open_set
from benchmarks._pairs import fold_accuracy, pair_similarities, read_pairs, true_accept_rate
from benchmarks._scores import photo_scores, template_scores

DIMENSIONS = 64


def crowd(people: int, photos: int, *, noise: float) -> FaceSet:
    """Random directions in 64 dimensions; `noise` is how far a photo strays from its person."""
    rng = np.random.default_rng(2)
    centres = np.repeat(rng.normal(size=(people, DIMENSIONS)), photos, axis=0)
    vectors = centres + noise * rng.normal(size=centres.shape)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    count = people * photos
    return FaceSet(
        "made-up",
        "0" * 64,
        names=np.repeat([f"Person_{n:03d}" for n in range(people)], photos),
        numbers=np.tile(np.arange(1, photos + 1), people),
        found=np.ones(count, np.bool_),
        vectors=vectors.astype(np.float32),
        quality=np.zeros((count, 7)),
    )


@pytest.fixture(scope="module")
def clear() -> FaceSet:
    return crowd(120, 4, noise=0.3)


def test_every_pair_is_counted_once(clear: FaceSet) -> None:
    scores = photo_scores(clear)

    assert len(scores.genuine) == 120 * 6
    assert len(scores.impostor) == 480 * 479 // 2 - 120 * 6


def test_a_template_is_never_compared_with_its_own_photos(clear: FaceSet) -> None:
    scores = template_scores(clear, 3)

    assert len(scores.genuine) == 120
    assert len(scores.impostor) == 120 * (480 - 4)
    assert scores.genuine.max() < 0.9999


def test_people_that_are_easy_to_tell_apart_are_told_apart(clear: FaceSet) -> None:
    result = measure_open_set(clear, 40, 1, seed=1)

    assert result is not None
    assert result.fnir < 0.02
    assert result.false_attribution == 0.0
    assert result.fnir_ci[0] <= result.fnir <= result.fnir_ci[1] + 1e-9


def test_the_target_rate_is_kept_for_people_who_took_no_part_in_setting_it() -> None:
    result = measure_open_set(crowd(250, 2, noise=1.0), 60, 1, seed=1)

    assert result is not None
    assert result.fpir < 0.03
    assert result.fnir > 0.05


def test_the_same_seed_gives_the_same_answer(clear: FaceSet) -> None:
    assert measure_open_set(clear, 30, 3, seed=4) == measure_open_set(clear, 30, 3, seed=4)


def test_a_gallery_larger_than_the_data_is_left_out(clear: FaceSet) -> None:
    assert measure_open_set(clear, 121, 1, seed=1) is None
    assert measure_open_set(clear, 10, 4, seed=1) is None


def test_a_photo_without_a_face_counts_as_missed(clear: FaceSet) -> None:
    blind = clear.take(np.arange(len(clear.names)))
    later = blind.numbers > 1
    blind.found[later] = False
    blind.vectors[later] = 0.0

    result = measure_open_set(blind, 40, 1, seed=1)

    assert result is not None
    assert result.fnir == 1.0


def test_the_pairs_file_is_read_as_lfw_writes_it(clear: FaceSet, tmp_path: Path) -> None:
    path = tmp_path / "pairs.txt"
    fold = ["Person_001\t1\t3", "Person_002\t1\t2", "Person_001\t2\tPerson_004\t4"]
    fold.append("Person_005\t1\tPerson_006\t1")
    path.write_text("\n".join(["2\t2", *fold, *fold]))

    pairs = read_pairs(path, clear)
    similarity = pair_similarities(clear, pairs)

    assert pairs.same.tolist() == [True, True, False, False] * 2
    assert pairs.fold.tolist() == [0] * 4 + [1] * 4
    assert fold_accuracy(similarity, pairs) == 1.0
    assert true_accept_rate(similarity, pairs, 1e-3) == 1.0


def test_people_keep_their_photos_together(clear: FaceSet) -> None:
    people = list(person_rows(clear.names))

    assert len(people) == 120
    assert all((clear.names[rows] == name).all() and len(rows) == 4 for name, rows in people)
