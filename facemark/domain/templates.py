"""Enrolled face vectors and the gallery made of them."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from facemark.domain.faces import EngineModel
from facemark.domain.ids import PersonId, TemplateId


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One photo's vector, (dimensions,) float32, unit norm. `repr` never shows the numbers."""

    id: TemplateId
    person_id: PersonId
    model: EngineModel
    created_at: datetime
    vector: NDArray[np.float32]

    def __repr__(self) -> str:
        return f"Template({self.id}, {self.model.engine})"
