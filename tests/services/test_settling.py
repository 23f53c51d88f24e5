"""After the cut-off: who was absent is known, and each absentee's guardian is owed one message."""

from facemark.domain.attendance import AttendanceStatus
from facemark.domain.notices import MessageState
from facemark.services.checkin import record_scans
from facemark.services.outbox import list_outbox
from facemark.services.settling import SettleOptions, SettleReport, settle_due
from facemark.services.tenant import Tenant
from facemark.testing.cast import ALICE, BOB, CHARLIE, at
from facemark.testing.clock import VirtualClock
from tests.services.scanning import scan_of

PRESENT, ABSENT = AttendanceStatus.PRESENT, AttendanceStatus.ABSENT


def settle(tenant: Tenant, *, untaken_as_absent: bool = False) -> SettleReport:
    options = SettleOptions(untaken_as_absent=untaken_as_absent)
    (report,) = settle_due(tenant, at=at(9), options=options)
    return report


def watch_the_door(tenant: Tenant) -> None:
    with tenant.write() as uow:
        uow.scans.record_presence("camera:door", at(7, 30), at(8, 45))
        uow.commit()


def test_before_the_cut_off_there_is_nothing_to_settle(tenant: Tenant) -> None:
    assert settle_due(tenant, at=at(8, 30)) == []


def test_who_was_not_seen_is_absent_and_the_guardian_is_told_once(tenant: Tenant) -> None:
    record_scans(tenant, [scan_of(ALICE, at(7, 58)), scan_of(CHARLIE, at(7, 59))])
    report = settle(tenant)
    assert report.counts == {PRESENT: 2, ABSENT: 1}
    (message,) = list_outbox(tenant)
    assert message.people == ("Bob Brown",)
    assert message.guardian == "Dana Adams"
    assert message.state is MessageState.QUEUED
    assert message.text == (
        "Elm School: Bob has not arrived for School day on 2026-03-02."
        " If you know why, please tell us."
    )


def test_settling_again_adds_nothing(tenant: Tenant) -> None:
    record_scans(tenant, [scan_of(CHARLIE, at(7, 59)), scan_of(ALICE, at(7, 59))])
    settle(tenant)
    before = list_outbox(tenant)
    assert settle_due(tenant, at=at(10)) == []
    assert list_outbox(tenant) == before


def test_siblings_with_one_guardian_share_one_message(tenant: Tenant) -> None:
    watch_the_door(tenant)
    settle(tenant)
    (message,) = list_outbox(tenant)
    assert message.people == ("Alice Adams", "Bob Brown")
    assert "Alice and Bob" in message.text


def test_an_absentee_without_a_guardian_is_counted_and_nobody_is_told(tenant: Tenant) -> None:
    record_scans(tenant, [scan_of(ALICE, at(8)), scan_of(BOB, at(8))])
    watch_the_door(tenant)
    report = settle(tenant)
    assert report.counts == {PRESENT: 2, ABSENT: 1}
    assert list_outbox(tenant) == []


def test_a_register_nobody_took_is_reported_and_alarms_no_parent(tenant: Tenant) -> None:
    record_scans(tenant, [scan_of(CHARLIE, at(7, 59))])
    report = settle(tenant)
    assert report.untaken == ("4B",)
    assert report.counts == {PRESENT: 1}
    assert list_outbox(tenant) == []


def test_an_open_register_is_settled_once_it_is_taken(tenant: Tenant) -> None:
    record_scans(tenant, [scan_of(CHARLIE, at(7, 59))])
    settle(tenant)
    record_scans(tenant, [scan_of(ALICE, at(8, 1))])
    assert settle(tenant).counts == {PRESENT: 2, ABSENT: 1}


def test_the_officer_can_say_that_a_silent_register_means_absence(tenant: Tenant) -> None:
    report = settle(tenant, untaken_as_absent=True)
    assert report.counts == {ABSENT: 3}
    assert report.messages == 1


def test_a_watched_door_that_nobody_passed_means_absence(tenant: Tenant) -> None:
    watch_the_door(tenant)
    assert settle(tenant).counts == {ABSENT: 3}


def test_a_message_waits_for_the_hold_time_of_the_institution(tenant: Tenant) -> None:
    watch_the_door(tenant)
    settle(tenant)
    (message,) = list_outbox(tenant)
    assert message.send_after_at == at(9, 15)
    assert message.useful_until_at == at(20)


def test_the_worker_leaves_a_session_alone_that_nobody_took_for_days(
    tenant: Tenant, clock: VirtualClock
) -> None:
    clock.wait(5 * 24 * 3600)
    assert settle_due(tenant) == []
    assert len(settle_due(tenant, at=clock.now())) == 1
