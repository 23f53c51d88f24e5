"""From photos to templates: one face each, good enough, consented, and not somebody else's."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from facemark.domain.errors import InvalidInput, Refused
from facemark.domain.faces import Frame
from facemark.domain.ids import PersonId, TemplateId
from facemark.domain.matching.calibration import Calibration
from facemark.domain.people import Person
from facemark.domain.quality import ENROLMENT_LIMITS, advice_for, judge_quality
from facemark.domain.templates import Template
from facemark.services.consent import require_face_consent
from facemark.services.ids import new_id
from facemark.services.ports.store import UnitOfWork
from facemark.services.ports.vision import FaceEngine, ImageDecoder, QualityMeter
from facemark.services.tenant import Tenant


@dataclass(frozen=True, slots=True)
class EnrolmentTools:
    engine: FaceEngine
    meter: QualityMeter
    decoder: ImageDecoder
    calibration: Calibration
    target_fpir: float


@dataclass(frozen=True, slots=True)
class Photo:
    """`name` is only for messages; `data` is the file's bytes."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A face closer to somebody else than the threshold: perhaps the wrong photo, or twins."""

    photo: str
    external_id: str
    similarity: float
    threshold: float


@dataclass(frozen=True, slots=True)
class EnrolmentReport:
    person: Person
    added: int
    lookalikes: tuple[Lookalike, ...]


def enrol_person(
    tenant: Tenant, external_id: str, photos: Sequence[Photo], tools: EnrolmentTools
) -> EnrolmentReport:
    """All photos become templates, or none does.

    Raises NotFound `person_unknown`, Refused `consent_missing`, `no_face`, `several_faces`,
    `face_quality`, InvalidInput `photo_missing`, `image_unreadable`, `image_too_large`.
    """
    if not photos:
        raise InvalidInput("photo_missing", "no photo was given", "give one to five photos")
    with tenant.read() as uow:
        require_face_consent(uow, uow.people.get_person(external_id), tenant.clock.now())
    vectors = [_embed_photo(photo, tools) for photo in photos]
    with tenant.write() as uow:
        person = uow.people.get_person(external_id)
        require_face_consent(uow, person, tenant.clock.now())
        lookalikes = _find_lookalikes(uow, person, photos, vectors=vectors, tools=tools)
        uow.templates.add_templates(
            [_template(person.id, vector, tenant, tools) for vector in vectors]
        )
        tenant.audit(uow, "templates.added", person.id)
        uow.commit()
    return EnrolmentReport(person, len(vectors), lookalikes)


def _embed_photo(photo: Photo, tools: EnrolmentTools) -> NDArray[np.float32]:
    frame = tools.decoder.decode(photo.data)
    faces = tools.engine.detect(frame)
    if not faces:
        raise Refused(
            "no_face",
            f"no face was found in {photo.name}",
            "use a sharp, well-lit photo that shows the face from the front",
        )
    if len(faces) > 1:
        raise Refused(
            "several_faces",
            f"{photo.name} shows {len(faces)} faces",
            "crop it to the one person who is to be enrolled",
        )
    _require_quality(photo, frame, tools)
    vector: NDArray[np.float32] = tools.engine.embed(frame, faces)[0]
    return vector


def _require_quality(photo: Photo, frame: Frame, tools: EnrolmentTools) -> None:
    face = tools.engine.detect(frame)[0]
    problems = judge_quality(tools.meter.measure(frame, face), ENROLMENT_LIMITS)
    if problems:
        raise Refused(
            "face_quality",
            f"{photo.name} is not good enough ({', '.join(problems)})",
            "; ".join(advice_for(problem) for problem in problems),
        )


def _find_lookalikes(
    uow: UnitOfWork,
    person: Person,
    photos: Sequence[Photo],
    *,
    vectors: Sequence[NDArray[np.float32]],
    tools: EnrolmentTools,
) -> tuple[Lookalike, ...]:
    raise NotImplementedError


def _template(
    person_id: PersonId, vector: NDArray[np.float32], tenant: Tenant, tools: EnrolmentTools
) -> Template:
    return Template(TemplateId(new_id()), person_id, tools.engine.model, tenant.clock.now(), vector)
