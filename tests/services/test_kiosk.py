"""The door answers what is stored, once per visit, in words that fit the person's day."""

from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta

import pytest

from facemark.adapters.keys.signing import Ed25519PassSigner
from facemark.domain.consents import ConsentAnswer
from facemark.domain.errors import Refused, Unavailable
from facemark.domain.faces import Box
from facemark.domain.ids import PersonId
from facemark.domain.matching.decision import MatchDecision
from facemark.domain.quality import QualityProblem
from facemark.domain.scans import Direction, Scan, ScanMethod
from facemark.services.devices import accept_pairing, pair_device, revoke_device
from facemark.services.gallery import CurrentGallery
from facemark.services.kiosk import PATIENCE_S, Door, FaceState, PassAnswer, WelcomeKind
from facemark.services.passes import find_holder, issue_pass, revoke_passes
from facemark.services.ports.vision import TimedFrame
from facemark.services.recognition import Recogniser, Sighting
from facemark.services.sessions import add_session
from facemark.services.setup import PersonDraft, add_person
from facemark.services.tenant import Tenant
from facemark.testing.cast import ALICE, BOB, CHARLIE, MONDAY, SCHOOL_DAY, at
from facemark.testing.clock import VirtualClock
from facemark.testing.vision import FakeFaceEngine, scripted_frame
from tests.services.faces import CALIBRATION, answer_consent, enrol, face_of

SIGNER = Ed25519PassSigner()
BOX = Box(10, 10, 40, 50)


def open_door(tenant: Tenant, way: Direction = Direction.IN) -> Door:
    link = pair_device(tenant, f"Door {way}", way)
    paired = accept_pairing(tenant.store, tenant.clock, link.secret)
    return Door(tenant, paired.device, lambda text: find_holder(tenant, text, SIGNER))


@pytest.fixture
def door(tenant: Tenant) -> Door:
    return open_door(tenant)


def sight(
    person: PersonId | None,
    *,
    track: int = 1,
    position_s: float = 1.0,
    decision: MatchDecision = MatchDecision.ACCEPTED,
    problems: tuple[QualityProblem, ...] = (),
    ended: bool = False,
) -> Sighting:
    return Sighting(
        track_id=track,
        box=BOX,
        decision=decision if person else MatchDecision.UNKNOWN,
        person_id=person,
        similarity=0.7,
        threshold=0.4,
        position_s=position_s,
        first_seen_s=0.0,
        newly_decided=False,
        ended=ended,
        problems=problems,
    )


def stored(tenant: Tenant) -> list[Scan]:
    with tenant.read() as uow:
        return uow.scans.list_scans(None, since=at(0), until=at(23))


def kind_of(answer: PassAnswer) -> WelcomeKind:
    assert answer.welcome is not None
    return answer.welcome.kind


def test_a_face_is_stored_when_it_is_welcomed(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    (face,) = door.take_sightings([sight(ALICE.id)], clock.now())
    assert face.state is FaceState.WELCOMED
    assert face.welcome is not None
    assert (face.welcome.name, face.welcome.kind) == ("Alice", WelcomeKind.ON_TIME)
    (scan,) = stored(tenant)
    assert (scan.person_id, scan.method) == (ALICE.id, ScanMethod.FACE)
    assert (scan.device_id, scan.direction) == (door.device.id, Direction.IN)
    assert scan.device_at == clock.now() - timedelta(seconds=1) == face.welcome.at
    assert (scan.similarity, scan.threshold) == (0.7, 0.4)


def test_a_face_that_stays_is_welcomed_the_same_and_stored_once(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    first = door.take_sightings([sight(ALICE.id)], clock.now())
    clock.wait(1)
    assert door.take_sightings([sight(ALICE.id, position_s=2.0)], clock.now()) == first
    assert len(stored(tenant)) == 1


def test_who_turns_away_and_back_is_already_in_without_another_scan(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    door.take_sightings([sight(ALICE.id)], clock.now())
    clock.wait(10)
    ended = sight(ALICE.id, ended=True)
    (face,) = door.take_sightings([ended, sight(ALICE.id, track=2)], clock.now())
    assert face.welcome is not None
    assert face.welcome.kind is WelcomeKind.ALREADY_IN
    assert len(stored(tenant)) == 1


def test_after_a_reconnect_the_door_says_already_in(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    door.take_sightings([sight(ALICE.id)], clock.now())
    came_at = stored(tenant)[0].device_at
    clock.wait(90)
    (face,) = open_door(tenant, Direction.UNKNOWN).take_sightings([sight(ALICE.id)], clock.now())
    assert face.welcome is not None
    assert (face.welcome.kind, face.welcome.at) == (WelcomeKind.ALREADY_IN, came_at)


def test_coming_back_at_noon_is_already_in_since_the_morning(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    text = issue_pass(tenant, "alice", SIGNER).text
    door.take_pass(text)
    clock.wait(4 * 3600)
    answer = door.take_pass(text)
    assert answer.welcome is not None
    assert (answer.welcome.kind, answer.welcome.at) == (WelcomeKind.ALREADY_IN, at(7, 55))
    assert len(stored(tenant)) == 2


@pytest.mark.parametrize(
    ("came_at", "standing"),
    [
        (at(7, 55), (WelcomeKind.ON_TIME, 0)),
        (at(8, 5), (WelcomeKind.ON_TIME, 0)),
        (at(8, 7, 40), (WelcomeKind.LATE, 7)),
        (at(6, 30), (WelcomeKind.NOT_EXPECTED, 0)),
    ],
)
def test_the_welcome_says_how_the_person_stands(
    tenant: Tenant,
    door: Door,
    clock: VirtualClock,
    came_at: datetime,
    standing: tuple[WelcomeKind, int],
) -> None:
    clock.at = came_at
    welcome = door.take_pass(issue_pass(tenant, "alice", SIGNER).text).welcome
    assert welcome is not None
    assert (welcome.kind, welcome.late_min) == standing


def test_somebody_of_no_expected_group_is_told_so(tenant: Tenant, door: Door) -> None:
    add_person(tenant, PersonDraft("visitor", "Vera Visitor", group="Visitors"))
    answer = door.take_pass(issue_pass(tenant, "visitor", SIGNER).text)
    assert kind_of(answer) is WelcomeKind.NOT_EXPECTED
    assert len(stored(tenant)) == 1


def test_a_door_out_says_goodbye(tenant: Tenant) -> None:
    door = open_door(tenant, Direction.OUT)
    assert kind_of(door.take_pass(issue_pass(tenant, "bob", SIGNER).text)) is WelcomeKind.GOODBYE
    assert stored(tenant)[0].direction is Direction.OUT


def test_several_people_at_once_each_get_their_own(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    people = (ALICE, BOB, CHARLIE)
    faces = door.take_sightings([sight(p.id, track=n) for n, p in enumerate(people)], clock.now())
    assert [f.welcome.name for f in faces if f.welcome] == ["Alice", "Bob", "Charlie"]
    assert len(stored(tenant)) == 3


def test_two_tracks_of_one_person_are_one_scan(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    faces = door.take_sightings([sight(ALICE.id), sight(ALICE.id, track=2)], clock.now())
    assert [f.state for f in faces] == [FaceState.WELCOMED] * 2
    assert len(stored(tenant)) == 1


@pytest.mark.parametrize(
    ("sighting", "state"),
    [
        (sight(None), FaceState.SEARCHING),
        (sight(None, problems=(QualityProblem.TOO_SMALL,)), FaceState.HINT),
        (sight(None, position_s=PATIENCE_S), FaceState.UNKNOWN),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_face_without_a_name_is_told_what_to_do(
    tenant: Tenant, door: Door, clock: VirtualClock, sighting: Sighting, state: FaceState
) -> None:
    (face,) = door.take_sightings([sighting], clock.now())
    assert face.state is state
    assert stored(tenant) == []


def test_a_face_between_two_people_is_asked_for_the_pass(door: Door, clock: VirtualClock) -> None:

    doubtful = replace(sight(None, position_s=PATIENCE_S), decision=MatchDecision.AMBIGUOUS)
    (face,) = door.take_sightings([doubtful], clock.now())
    assert face.state is FaceState.AMBIGUOUS


def test_a_pass_held_still_is_answered_once(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    text = issue_pass(tenant, "alice", SIGNER).text
    assert len(door.take_codes([text, text])) == 1
    clock.wait(1)
    assert door.take_codes([text]) == []
    clock.wait(6)
    (answer,) = door.take_codes([text])
    assert kind_of(answer) is WelcomeKind.ALREADY_IN
    assert len(stored(tenant)) == 1


def test_a_revoked_pass_is_refused_with_its_reason(tenant: Tenant, door: Door) -> None:
    text = issue_pass(tenant, "alice", SIGNER).text
    revoke_passes(tenant, "alice")
    refusal = door.take_pass(text).refusal
    assert refusal is not None
    assert refusal.code == "pass_revoked"
    assert stored(tenant) == []


def test_a_revoked_device_is_refused(tenant: Tenant, door: Door) -> None:
    door.require_valid()
    revoke_device(tenant, door.device.name)
    with pytest.raises(Refused, match="device_revoked"):
        door.require_valid()


def test_what_could_not_be_stored_is_not_welcomed_and_tried_again(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    broken = _Locked(tenant)
    door.tenant = broken.tenant
    with pytest.raises(Unavailable):
        door.take_sightings([sight(ALICE.id)], clock.now())
    door.tenant = tenant
    (face,) = door.take_sightings([sight(ALICE.id)], clock.now())
    assert face.state is FaceState.WELCOMED
    assert len(stored(tenant)) == 1


def test_a_consent_withdrawn_counts_at_the_next_frame(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    answer_consent(tenant, "alice")
    enrol(tenant, "alice", [face_of("alice")])
    engine = FakeFaceEngine([[face_of("alice", BOX)]] * 8)
    gallery = CurrentGallery(tenant, engine.model)
    recogniser = Recogniser(engine, engine, gallery=gallery, calibration=CALIBRATION)

    def state_at(number: int) -> FaceState:
        frame = TimedFrame(number / 2, scripted_frame(number))
        (face,) = door.take_sightings(recogniser.process(frame), clock.now())
        return face.state

    assert [state_at(n) for n in range(4)][-1] is FaceState.WELCOMED
    answer_consent(tenant, "alice", ConsentAnswer.WITHDRAWN)
    assert state_at(4) is not FaceState.WELCOMED


def test_the_day_shows_what_runs_and_what_follows(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:

    times = replace(SCHOOL_DAY.times, starts_local=time(16), ends_local=time(17), early_open_min=30)
    add_session(tenant, times, name="Choir")
    day = door.view_day()
    assert (day.institution, day.site, day.zone) == ("Elm School", "Main gate", "Europe/London")
    assert day.running == SCHOOL_DAY
    assert day.following is not None
    assert day.following.name == "Choir"
    clock.at = at(6)
    assert door.view_day().running is None
    assert day.running.on_date == MONDAY


def test_a_kiosk_at_work_counts_as_watching_the_door(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    for _ in range(7):
        door.note_watching()
        clock.wait(10)
    door.note_end()

    def watched(since: datetime, until: datetime) -> bool:
        with tenant.read() as uow:
            return uow.scans.was_watched(since, until)

    assert watched(at(7, 55), at(7, 55, 30))
    assert watched(at(7, 56), at(7, 56))
    assert not watched(at(7, 57), at(8))


def test_a_kiosk_that_slept_was_not_watching_meanwhile(
    tenant: Tenant, door: Door, clock: VirtualClock
) -> None:
    for _ in range(2):
        door.note_watching()
        clock.wait(10)
    clock.wait(3600)
    door.note_watching()
    clock.wait(5)
    door.note_watching()
    door.note_end()
    with tenant.read() as uow:
        assert uow.scans.was_watched(at(7, 55), at(7, 55, 5))
        assert not uow.scans.was_watched(at(8), at(8, 50))


@dataclass
class _Locked:
    """A tenant whose database is busy for writers."""

    original: Tenant
    tenant: Tenant = field(init=False)

    def __post_init__(self) -> None:

        store = _BusyStore(self.original.store)
        self.tenant = replace(self.original, store=store)  # type: ignore[arg-type]


@dataclass
class _BusyStore:
    inner: object

    def write(self, institution: object) -> object:
        raise Unavailable("database_busy", "held by another process", "try again")

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)
