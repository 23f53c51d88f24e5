"""A scan is durable and has its consequences before it is answered, however often it is sent."""

from facemark.domain.attendance import AttendanceStatus
from facemark.domain.scans import ScanOutcome
from facemark.services.checkin import record_scans
from facemark.services.tenant import Tenant
from facemark.testing.cast import ALICE, BOB, SCHOOL_DAY, at
from tests.services.scanning import scan_of

EXPECTED = AttendanceStatus.EXPECTED


def status_of(tenant: Tenant) -> dict[str, AttendanceStatus]:
    with tenant.read() as uow:
        names = {p.id: p.external_id for p in uow.people.list_people()}
        live = uow.statuses.list_statuses(SCHOOL_DAY.id)
        return {names[s.person_id]: s.decision.status for s in live}


def test_a_scan_at_the_door_makes_its_person_present_at_once(tenant: Tenant) -> None:
    (receipt,) = record_scans(tenant, [scan_of(ALICE, at(7, 58))])
    assert receipt.outcome is ScanOutcome.RECORDED
    assert status_of(tenant) == {"alice": AttendanceStatus.PRESENT}


def test_sending_a_scan_again_changes_nothing(tenant: Tenant) -> None:
    scan = scan_of(ALICE, at(7, 58))
    record_scans(tenant, [scan])
    (again,) = record_scans(tenant, [scan])
    assert again.outcome is ScanOutcome.REPEATED
    with tenant.read() as uow:
        assert uow.scans.list_scans(None, since=at(0), until=at(23)) == [scan]


def test_a_second_scan_within_the_cool_down_is_answered_with_the_first(tenant: Tenant) -> None:
    record_scans(tenant, [scan_of(ALICE, at(7, 58))])
    (second,) = record_scans(tenant, [scan_of(ALICE, at(8, 2))])
    assert second.outcome is ScanOutcome.ALREADY_IN
    assert second.earlier_at == at(7, 58)
    assert status_of(tenant) == {"alice": AttendanceStatus.PRESENT}


def test_a_batch_marks_each_of_its_people(tenant: Tenant) -> None:
    record_scans(tenant, [scan_of(ALICE, at(7, 58)), scan_of(BOB, at(8, 20))])
    assert status_of(tenant) == {"alice": AttendanceStatus.PRESENT, "bob": AttendanceStatus.LATE}


def test_a_scan_outside_every_session_is_kept_but_marks_nobody(tenant: Tenant) -> None:
    (receipt,) = record_scans(tenant, [scan_of(ALICE, at(19))])
    assert receipt.outcome is ScanOutcome.RECORDED
    assert status_of(tenant) == {}


def test_an_earlier_scan_that_arrives_late_still_counts(tenant: Tenant) -> None:
    record_scans(tenant, [scan_of(ALICE, at(8, 20))])
    record_scans(tenant, [scan_of(ALICE, at(7, 50))])
    assert status_of(tenant) == {"alice": AttendanceStatus.PRESENT}
