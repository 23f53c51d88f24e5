"""From photos to templates: one face each, good enough, consented, and not somebody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from facemark.domain.errors import InvalidInput, Refused
from facemark.domain.faces import Embeddings, Face
from facemark.domain.ids import PersonId, TemplateId
from facemark.domain.matching.calibration import Calibration
from facemark.domain.matching.decision import MatchPolicy, choose_threshold
from facemark.domain.matching.gallery import Gallery
from facemark.domain.people import Person
from facemark.domain.quality import ENROLMENT_LIMITS, advice_for, judge_quality
from facemark.domain.templates import Template
from facemark.services.consent import require_face_consent
from facemark.services.gallery import load_gallery
from facemark.services.ids import new_id
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


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    photo: str
    vector: Embeddings = field(repr=False)


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
    looks = [_Look(photo.name, _embed_photo(photo, tools)) for photo in photos]
    with tenant.write() as uow:
        person = uow.people.get_person(external_id)
        require_face_consent(uow, person, tenant.clock.now())
        gallery = load_gallery(tenant, uow, tools.engine.model)
        others = gallery.narrow([p for p in gallery.people if p != person.id])
        names = {p.id: p.external_id for p in uow.people.list_people(others.people)}
        uow.templates.add_templates([_template(person.id, look, tenant, tools) for look in looks])
        tenant.audit(uow, "templates.added", person.id)
        uow.commit()
    return EnrolmentReport(person, len(looks), _find_lookalikes(others, names, looks, tools))


def _embed_photo(photo: Photo, tools: EnrolmentTools) -> Embeddings:
    """(1, dimensions): the vector of the one face in the photo."""
    frame = tools.decoder.decode(photo.data)
    face = _require_one_face(photo, tools.engine.detect(frame))
    problems = judge_quality(tools.meter.measure(frame, face), ENROLMENT_LIMITS)
    if problems:
        raise Refused(
            "face_quality",
            f"{photo.name} is not good enough ({', '.join(problems)})",
            "; ".join(advice_for(problem) for problem in problems),
        )
    return tools.engine.embed(frame, [face])


def _require_one_face(photo: Photo, faces: Sequence[Face]) -> Face:
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
    return faces[0]


def _find_lookalikes(
    others: Gallery, people: Mapping[PersonId, str], looks: Sequence[_Look], tools: EnrolmentTools
) -> tuple[Lookalike, ...]:
    policy = MatchPolicy(target_fpir=tools.target_fpir)
    threshold = choose_threshold(tools.calibration, len(others), policy).similarity
    found = []
    for look in looks:
        (nearest,) = others.best_two(look.vector)
        if nearest.person_id is not None and (nearest.similarity or 0.0) >= threshold:
            found.append(
                Lookalike(
                    look.photo, people[nearest.person_id], nearest.similarity or 0.0, threshold
                )
            )
    return tuple(found)


def _template(person_id: PersonId, look: _Look, tenant: Tenant, tools: EnrolmentTools) -> Template:
    return Template(
        TemplateId(new_id()), person_id, tools.engine.model, tenant.clock.now(), look.vector[0]
    )
