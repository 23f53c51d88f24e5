"""Scripted faces: everybody of the cast has a direction of their own."""

import numpy as np

from drills.scene import scene_calibration
from facemark.domain.consents import ConsentAnswer, ConsentParty, ConsentPurpose
from facemark.domain.faces import Box, Embeddings, Frame
from facemark.services.consent import ConsentDraft, record_consent
from facemark.services.enrolment import EnrolmentReport, EnrolmentTools, Photo, enrol_person
from facemark.services.tenant import Tenant
from facemark.testing.vision import FakeFaceEngine, ScriptedFace, random_unit, scripted_frame

BOX = Box(10, 10, 40, 50)
CALIBRATION = scene_calibration()


def direction(name: str) -> Embeddings:
    return random_unit(np.random.default_rng(list(name.encode())))


def face_of(name: str, box: Box = BOX) -> ScriptedFace:
    return ScriptedFace(box, direction(name))


class NumberedPhotos:
    """Decodes the bytes b"7" to the seventh scripted frame."""

    def decode(self, data: bytes) -> Frame:
        return scripted_frame(int(data))


def tools_for(engine: FakeFaceEngine) -> EnrolmentTools:
    return EnrolmentTools(engine, engine, NumberedPhotos(), CALIBRATION, target_fpir=0.003)


def answer_consent(
    tenant: Tenant,
    external_id: str,
    answer: ConsentAnswer = ConsentAnswer.GRANTED,
    party: ConsentParty = ConsentParty.GUARDIAN,
) -> int:
    """Returns how many templates the answer destroyed."""
    draft = ConsentDraft(ConsentPurpose.FACE, answer, party, "en-1")
    return record_consent(tenant, external_id, draft).destroyed_templates


def enrol(tenant: Tenant, external_id: str, *photos: list[ScriptedFace]) -> EnrolmentReport:
    """Each photo shows the given faces."""
    names = [Photo(f"{number}.jpg", str(number).encode()) for number in range(len(photos))]
    return enrol_person(tenant, external_id, names, tools_for(FakeFaceEngine(photos)))
