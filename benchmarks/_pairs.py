"""The LFW pairs protocol: is this one person or two?"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._lfw import FaceSet

_SAME_FIELDS = 3
# Lower than any cosine: a photo without a face is like nobody, also not like itself.
NO_FACE = -2.0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of the face set; `fold` numbers the parts of the file."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    same: NDArray[np.bool_]
    fold: NDArray[np.int64]


def read_pairs(path: Path, faces: FaceSet) -> Pairs:
    """Header "folds pairs", then per fold that many same and as many different pairs."""
    row_of = {
        (name, number): row
        for row, (name, number) in enumerate(
            zip(faces.names.tolist(), faces.numbers.tolist(), strict=True)
        )
    }
    lines = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
    folds, per_kind = (int(value) for value in lines[0])
    left, right, same = [], [], []
    for fields in lines[1:]:
        one_person = len(fields) == _SAME_FIELDS
        second = (fields[0], fields[2]) if one_person else (fields[2], fields[3])
        left.append(row_of[fields[0], int(fields[1])])
        right.append(row_of[second[0], int(second[1])])
        same.append(one_person)
    fold = np.repeat(np.arange(folds), 2 * per_kind)
    return Pairs(np.array(left), np.array(right), np.array(same), fold)


def pair_similarities(faces: FaceSet, pairs: Pairs) -> NDArray[np.float64]:
    cosines = np.einsum("ij,ij->i", faces.vectors[pairs.left], faces.vectors[pairs.right])
    both = faces.found[pairs.left] & faces.found[pairs.right]
    return np.where(both, cosines.astype(np.float64), NO_FACE)


def fold_accuracy(similarity: NDArray[np.float64], pairs: Pairs) -> float:
    """Mean over the folds, each judged at the threshold that is best for the other folds."""
    accuracies = []
    for fold in np.unique(pairs.fold):
        held = pairs.fold == fold
        threshold = _best_threshold(similarity[~held], pairs.same[~held])
        accuracies.append(float(((similarity[held] >= threshold) == pairs.same[held]).mean()))
    return float(np.mean(accuracies))


def true_accept_rate(similarity: NDArray[np.float64], pairs: Pairs, far: float) -> float:
    """Share of same pairs above the lowest threshold that at most `far` of the others pass."""
    different = np.sort(similarity[~pairs.same])[::-1]
    threshold = different[int(far * len(different))]
    return float((similarity[pairs.same] > threshold).mean())


def _best_threshold(similarity: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    order = np.argsort(similarity)
    ordered, labels = similarity[order], same[order]
    rejected_right = np.concatenate([[0], np.cumsum(~labels)])
    accepted_right = labels.sum() - np.concatenate([[0], np.cumsum(labels)])
    best = int(np.argmax(rejected_right + accepted_right))
    return float(ordered[best]) if best < len(ordered) else float("inf")
