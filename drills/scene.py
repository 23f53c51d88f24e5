"""A simulated morning: who walks past a door, and the institution they belong to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

import numpy as np

from facemark.domain.consents import ConsentAnswer, ConsentParty, ConsentPurpose
from facemark.domain.faces import Box
from facemark.domain.ids import TemplateId
from facemark.domain.matching.calibration import Calibration, CurvePoint, CurveTail
from facemark.domain.people import InstitutionKind
from facemark.domain.sessions import SessionTimes
from facemark.domain.templates import Template
from facemark.services.consent import ConsentDraft, record_consent
from facemark.services.ids import new_id
from facemark.services.ports.store import Store
from facemark.services.ports.time import Clock
from facemark.services.ports.vision import TimedFrame
from facemark.services.sessions import add_session
from facemark.services.setup import (
    GuardianDraft,
    InstitutionDraft,
    PersonDraft,
    add_guardian,
    add_person,
    create_institution,
)
from facemark.services.tenant import Tenant
from facemark.testing.vision import (
    FAKE_MODEL,
    FakeFaceEngine,
    ScriptedFace,
    random_unit,
    scripted_frame,
)

FIRST_DAY = date(2026, 3, 2)
FRAMES_PER_PERSON = 4
FPS = 10.0


@dataclass(frozen=True, slots=True)
class Scene:
    """`people` are enrolled; the first `arrivals` of them walk past, one after the other."""

    people: int
    arrivals: int
    seed: int

    def external_id(self, number: int) -> str:
        return f"p{number:03}"

    def vectors(self) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
        rng = np.random.default_rng(self.seed)
        return [random_unit(rng) for _ in range(self.people)]

    def engine(self) -> FakeFaceEngine:
        box = Box(10, 10, 40, 50)
        vectors = self.vectors()
        return FakeFaceEngine(
            [
                [ScriptedFace(box, vectors[number // FRAMES_PER_PERSON])]
                for number in range(self.arrivals * FRAMES_PER_PERSON)
            ]
        )


@dataclass(slots=True)
class Passage:
    """The recording of the scene: a scene cut between any two people, so that nobody is merged."""

    scene: Scene
    live: bool = False

    @property
    def fingerprint(self) -> bytes:
        return sha256(repr(self.scene).encode()).digest()

    def frames(self) -> Iterator[TimedFrame]:
        for number in range(self.scene.arrivals * FRAMES_PER_PERSON):
            grey = 60 if number // FRAMES_PER_PERSON % 2 else 200
            yield TimedFrame(number / FPS, scripted_frame(number, grey=grey))

    def close(self) -> None:
        """Nothing is held open."""


def started_at(round_number: int) -> datetime:
    day = FIRST_DAY + timedelta(days=round_number)
    return datetime.combine(day, time(7, 50), tzinfo=UTC)


def cut_off_passed_at(round_number: int) -> datetime:
    return started_at(round_number) + timedelta(hours=1)


def scene_calibration() -> Calibration:
    """A curve for random directions in 32 dimensions, generous enough for any of them."""
    return Calibration(
        model=FAKE_MODEL,
        dataset="random directions",
        points=(CurvePoint(0.2, 0.1, 0.0), CurvePoint(0.5, 0.001, 0.0)),
        tail=CurveTail(from_similarity=0.5, from_fmr=0.001, scale=0.05, shape=0.0),
        smallest_measured_fmr=0.001,
    )


def found_institution(store: Store, clock: Clock, scene: Scene, rounds: int) -> Tenant:
    """An institution with everybody enrolled and one session per round."""
    draft = InstitutionDraft("Drill School", InstitutionKind.SCHOOL, "UTC")
    tenant = Tenant(store, create_institution(store, draft, clock).id, clock, "drill")
    yes = ConsentDraft(ConsentPurpose.FACE, ConsentAnswer.GRANTED, ConsentParty.GUARDIAN, "d-1")
    for number, vector in enumerate(scene.vectors()):
        external_id = scene.external_id(number)
        person = add_person(tenant, PersonDraft(external_id, f"Person {number}"))
        phone = f"+44163296{number:04}"
        add_guardian(tenant, external_id, GuardianDraft(f"Guardian {number}", phone, None))
        record_consent(tenant, external_id, yes)
        template = Template(TemplateId(new_id()), person.id, FAKE_MODEL, clock.now(), vector)
        with tenant.write() as uow:
            uow.templates.add_templates([template])
            uow.commit()
    for round_number in range(rounds):
        day = started_at(round_number).date()
        add_session(tenant, SessionTimes(day, time(8), time(15), "UTC"), name="Morning")
    return tenant
