"""The measured curve of each engine, shipped beside it."""

import json
from importlib.resources import files

from facemark.domain.errors import Unavailable
from facemark.domain.faces import EngineModel
from facemark.domain.matching.calibration import Calibration, load_calibration


def read_calibration(model: EngineModel) -> Calibration:
    """Raises Unavailable `calibration_mismatch` when the curve was measured on other weights."""
    resource = files(__name__) / f"{model.engine}.json"
    calibration = load_calibration(json.loads(resource.read_text("utf-8")))
    if calibration.model != model:
        raise Unavailable(
            "calibration_mismatch",
            f"the calibration of {model.engine} was measured on other weights",
            "install the weights this version names, or measure a curve for yours",
        )
    return calibration
