from dataclasses import replace

import pytest

from facemark.adapters.vision.calibration import read_calibration
from facemark.domain.errors import Unavailable
from facemark.services.ports.vision import FaceEngine


def test_the_shipped_curve_belongs_to_the_shipped_weights(opencv_engine: FaceEngine) -> None:
    calibration = read_calibration(opencv_engine.model)

    assert calibration.model == opencv_engine.model


def test_a_larger_gallery_asks_for_a_higher_similarity(opencv_engine: FaceEngine) -> None:
    calibration = read_calibration(opencv_engine.model)

    asked = [calibration.similarity_at(0.003 / people) for people in (1, 30, 300, 5000)]

    similarities = [threshold.similarity for threshold in asked]
    assert similarities == sorted(similarities)
    assert 0.3 < similarities[0] < similarities[-1] < 0.6
    assert [threshold.extrapolated for threshold in asked] == [False, False, False, True]


def test_other_weights_are_not_judged_by_this_curve(opencv_engine: FaceEngine) -> None:
    with pytest.raises(Unavailable) as caught:
        read_calibration(replace(opencv_engine.model, model_hash="0" * 64))

    assert caught.value.code == "calibration_mismatch"
