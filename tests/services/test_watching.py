"""From frames to scans: durable before it is told, and the same recording only once."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from facemark.adapters.keys.signing import Ed25519PassSigner
from facemark.domain.attendance import AttendanceStatus
from facemark.domain.consents import ConsentAnswer
from facemark.domain.faces import Box, Frame
from facemark.domain.matching.decision import MatchDecision
from facemark.domain.scans import ScanMethod, ScanOutcome
from facemark.services.gallery import CurrentGallery
from facemark.services.passes import find_holder, issue_pass
from facemark.services.recognition import Recogniser
from facemark.services.status import list_day
from facemark.services.tenant import Tenant
from facemark.services.watching import Watch, WatchEvent, WatchTools, describe_origin
from facemark.testing.cast import ALICE, BOB, MONDAY, at
from facemark.testing.vision import FakeFaceEngine, FakeFrameSource, ScriptedFace
from tests.services.faces import CALIBRATION, answer_consent, direction, enrol, face_of

LEFT, RIGHT = Box(0, 10, 40, 50), Box(200, 10, 40, 50)
SIGNER = Ed25519PassSigner()
STARTED_AT = at(7, 58)


@dataclass(slots=True)
class ScriptedCodes:
    """What the QR reader finds, frame by frame."""

    texts: Sequence[Sequence[str]] = ()
    read_frames: list[int] = field(default_factory=list)

    def read(self, frame: Frame) -> list[str]:
        number = int(frame[0, 0, 0])
        self.read_frames.append(number)
        return list(self.texts[number]) if number < len(self.texts) else []


def start(
    tenant: Tenant,
    script: Sequence[Sequence[ScriptedFace]],
    codes: ScriptedCodes | None = None,
) -> tuple[Watch, FakeFrameSource]:
    engine = FakeFaceEngine(script)
    recogniser = Recogniser(
        engine,
        engine,
        gallery=CurrentGallery(tenant, engine.model),
        calibration=CALIBRATION,
    )
    tools = WatchTools(
        recogniser,
        codes or ScriptedCodes(),
        find_holder=lambda text: find_holder(tenant, text, SIGNER),
    )
    source = FakeFrameSource(count=max(len(script), 8))
    return Watch(tenant, tools, describe_origin(source, STARTED_AT)), source


def watch(
    tenant: Tenant,
    script: Sequence[Sequence[ScriptedFace]],
    codes: ScriptedCodes | None = None,
) -> list[WatchEvent]:
    watching, source = start(tenant, script, codes)
    return list(watching.run(source))


@pytest.fixture
def enrolled(tenant: Tenant) -> Tenant:
    for name in ("alice", "bob"):
        answer_consent(tenant, name)
        enrol(tenant, name, [face_of(name)])
    return tenant


def both(frames: int) -> list[list[ScriptedFace]]:
    return [
        [ScriptedFace(LEFT, direction("alice")), ScriptedFace(RIGHT, direction("bob"))]
        for _ in range(frames)
    ]


def stranger(frames: int) -> list[list[ScriptedFace]]:
    return [[face_of("nobody we know")] for _ in range(frames)]


def test_people_side_by_side_are_each_recorded_once(enrolled: Tenant) -> None:
    accepted = [e for e in watch(enrolled, both(8)) if e.receipt]
    assert {e.person_id for e in accepted} == {ALICE.id, BOB.id}
    assert [e.receipt.outcome for e in accepted if e.receipt] == [ScanOutcome.RECORDED] * 2
    (session,) = list_day(enrolled, MONDAY).sessions
    assert session.counts()[AttendanceStatus.PRESENT] == 2


def test_the_scan_carries_the_time_of_the_first_sight(enrolled: Tenant) -> None:
    nobody: list[list[ScriptedFace]] = [[] for _ in range(5)]
    (event,) = watch(enrolled, nobody + [[face_of("alice")] for _ in range(6)])
    assert event.at == at(7, 58) + timedelta(seconds=0.5)


def test_watching_a_recording_again_writes_nothing(enrolled: Tenant) -> None:
    watch(enrolled, both(8))
    with enrolled.read() as uow:
        before = uow.scans.list_scans(None, since=at(0), until=at(23))
    again = watch(enrolled, both(8))
    assert {e.receipt.outcome for e in again if e.receipt} == {ScanOutcome.REPEATED}
    with enrolled.read() as uow:
        assert uow.scans.list_scans(None, since=at(0), until=at(23)) == before


def test_a_stranger_is_reported_as_unknown_and_leaves_no_trace(enrolled: Tenant) -> None:
    (event,) = watch(enrolled, stranger(8))
    assert event.decision is MatchDecision.UNKNOWN
    assert event.receipt is None
    with enrolled.read() as uow:
        assert uow.scans.list_scans(None, since=at(0), until=at(23)) == []


def test_a_scan_is_stored_when_its_event_is_given_out(enrolled: Tenant) -> None:
    watching, source = start(enrolled, both(8))
    first = next(watching.run(source))
    assert first.receipt is not None
    with enrolled.read() as uow:
        stored = uow.scans.list_scans(None, since=at(0), until=at(23))
    assert [s.id for s in stored] == [first.receipt.scan_id]


def test_a_withdrawal_takes_effect_while_the_camera_runs(enrolled: Tenant) -> None:
    late: list[list[ScriptedFace]] = [[], []]
    late += [[face_of("bob")] for _ in range(8)]
    watching, source = start(enrolled, late)
    answer_consent(enrolled, "bob", ConsentAnswer.WITHDRAWN)
    assert all(e.person_id is None for e in watching.run(source))


def test_a_pass_in_view_is_as_good_as_a_face(tenant: Tenant) -> None:
    text = issue_pass(tenant, "alice", SIGNER).text
    (event,) = watch(tenant, [], ScriptedCodes([[text]] * 8))
    assert event.method is ScanMethod.PASS
    assert event.person_id == ALICE.id
    assert event.receipt is not None
    assert event.receipt.outcome is ScanOutcome.RECORDED


def test_a_code_that_is_no_pass_is_named_and_records_nothing(tenant: Tenant) -> None:
    (event,) = watch(tenant, [], ScriptedCodes([["https://example.org"]] * 8))
    assert event.refusal == "pass_unreadable"
    assert event.receipt is None


def test_a_camera_at_work_counts_as_presence(tenant: Tenant) -> None:
    watch(tenant, [])
    with tenant.read() as uow:
        assert uow.scans.was_watched(at(7, 58), at(8, 30))
        assert not uow.scans.was_watched(at(8, 30), at(9))


def test_the_source_is_released_when_the_watcher_stops_early(enrolled: Tenant) -> None:
    watching, source = start(enrolled, both(8))
    with closing(watching.run(source)) as events:
        next(events)
    assert source.closed
