"""Scans and presence."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from facemark.domain.errors import NotFound
from facemark.domain.ids import PersonId, ScanId
from facemark.domain.people import Institution
from facemark.domain.scans import Direction, Scan, ScanMethod, ScanOutcome, ScanReceipt
from facemark.services.ports.store import Store
from facemark.testing.cast import ALICE, BOB, at, cast_id

COOL_DOWN_S = 300.0
SECOND = timedelta(seconds=1)
ARRIVAL = at(7, 58)


def scan(person: PersonId = ALICE.id, when: datetime = ARRIVAL) -> Scan:
    return Scan(
        ScanId(uuid4()),
        person,
        ScanMethod.FACE,
        Direction.IN,
        when,
        when + SECOND,
        "gate camera",
        sequence=7,
        similarity=0.61,
        threshold=0.4,
    )


def recorded(s: Scan) -> ScanReceipt:
    return ScanReceipt(s.id, ScanOutcome.RECORDED)


def already_in(s: Scan, earlier: Scan) -> ScanReceipt:
    return ScanReceipt(s.id, ScanOutcome.ALREADY_IN, earlier.device_at)


def record(store: Store, school: Institution, *scans: Scan) -> list[ScanReceipt]:
    with store.write(school.id) as uow:
        receipts = uow.scans.record_scans(scans, COOL_DOWN_S)
        uow.commit()
    return receipts


def kept(store: Store, school: Institution) -> list[Scan]:
    with store.read(school.id) as uow:
        return uow.scans.list_scans(None, since=at(0), until=at(23))


def test_a_scan_is_recorded_as_it_was_taken(store: Store, school: Institution) -> None:
    first = scan()
    assert record(store, school, first) == [recorded(first)]
    assert kept(store, school) == [first]


def test_no_scans_are_no_receipts(store: Store, school: Institution) -> None:
    assert record(store, school) == []


def test_the_same_scan_again_changes_nothing_and_says_so(store: Store, school: Institution) -> None:
    first = scan()
    later = replace(first, received_at=at(12), similarity=0.62)
    record(store, school, first)
    assert record(store, school, later) == [ScanReceipt(first.id, ScanOutcome.REPEATED)]
    assert kept(store, school) == [first]


def test_a_repeat_is_told_the_same_earlier_scan(store: Store, school: Institution) -> None:
    first, second = scan(), scan(when=at(8))
    record(store, school, first, second)
    repeat = ScanReceipt(second.id, ScanOutcome.REPEATED, first.device_at)
    assert record(store, school, second) == [repeat]


def test_a_known_id_with_another_claim_is_a_conflict(store: Store, school: Institution) -> None:
    first = scan()
    record(store, school, first)
    forged = replace(first, person_id=BOB.id)
    assert record(store, school, forged) == [
        ScanReceipt(first.id, ScanOutcome.IDEMPOTENCY_CONFLICT)
    ]
    assert kept(store, school) == [first]


def test_one_batch_may_say_a_thing_twice_and_contradict_itself(
    store: Store, school: Institution
) -> None:
    first = scan()
    outcomes = [
        r.outcome
        for r in record(store, school, first, first, replace(first, source="elsewhere"), first)
    ]
    assert outcomes == [
        ScanOutcome.RECORDED,
        ScanOutcome.REPEATED,
        ScanOutcome.IDEMPOTENCY_CONFLICT,
        ScanOutcome.REPEATED,
    ]
    assert kept(store, school) == [first]


def test_a_scan_within_the_cool_down_is_kept_and_answered_already_in(
    store: Store, school: Institution
) -> None:
    first, second = scan(), scan(when=at(8))
    record(store, school, first)
    assert record(store, school, second) == [already_in(second, first)]
    assert kept(store, school) == [first, second]


def test_the_cool_down_ends_after_its_length_and_is_each_persons_own(
    store: Store, school: Institution
) -> None:
    length = timedelta(seconds=COOL_DOWN_S)
    first = scan()
    inside = scan(when=first.device_at + length - SECOND)
    of_bob = scan(BOB.id, when=first.device_at + SECOND)
    outside = scan(when=inside.device_at + length)
    assert record(store, school, first, inside, of_bob, outside) == [
        recorded(first),
        already_in(inside, first),
        recorded(of_bob),
        recorded(outside),
    ]


def test_the_cool_down_holds_for_scans_that_arrive_out_of_order(
    store: Store, school: Institution
) -> None:
    late = scan(when=at(8))
    record(store, school, late)
    delayed = scan(when=at(7, 58))
    assert record(store, school, delayed) == [already_in(delayed, late)]


def test_a_scan_that_is_not_recorded_cools_nothing_down(store: Store, school: Institution) -> None:
    first = scan()
    record(store, school, first)
    forged = replace(first, person_id=BOB.id)
    of_bob = scan(BOB.id)
    receipts = record(store, school, forged, of_bob)
    assert receipts[1] == recorded(of_bob)


def test_a_batch_with_an_unknown_person_is_refused_as_a_whole(
    store: Store, school: Institution
) -> None:
    stranger = PersonId(cast_id("stranger"))
    with pytest.raises(NotFound, match="person_unknown"):
        record(store, school, scan(), scan(stranger))
    assert kept(store, school) == []


def test_a_batch_longer_than_one_statement_may_hold_is_recorded(
    store: Store, school: Institution
) -> None:
    scans = [scan(when=at(6) + i * SECOND) for i in range(6_000)]
    receipts = record(store, school, *scans)
    assert receipts[0] == recorded(scans[0])
    assert receipts[5_999].outcome is ScanOutcome.ALREADY_IN
    assert len(kept(store, school)) == len(scans)


def test_scans_are_listed_by_device_time_with_both_bounds(
    store: Store, school: Institution
) -> None:
    early, late, of_bob = scan(when=at(7)), scan(when=at(9)), scan(BOB.id, when=at(8))
    record(store, school, late, of_bob, early)
    with store.read(school.id) as uow:
        assert uow.scans.list_scans(None, since=at(7), until=at(9)) == [early, of_bob, late]
        assert uow.scans.list_scans([ALICE.id], since=at(7), until=at(9)) == [early, late]
        assert uow.scans.list_scans([], since=at(7), until=at(9)) == []
        assert uow.scans.list_scans(None, since=at(7) + SECOND, until=at(9) - SECOND) == [of_bob]


def test_watching_is_known_for_the_intervals_that_touch(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        for _ in range(2):
            uow.scans.record_presence("gate", at(8), at(9))
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.scans.was_watched(at(9), at(10))
        assert uow.scans.was_watched(at(7), at(8))
        assert uow.scans.was_watched(at(8, 20), at(8, 30))
        assert not uow.scans.was_watched(at(9) + SECOND, at(10))
        assert not uow.scans.was_watched(at(7), at(8) - SECOND)


def test_presence_that_goes_on_is_extended_and_never_shortened(
    store: Store, school: Institution
) -> None:
    with store.write(school.id) as uow:
        for until in (at(8, 10), at(8, 30), at(8, 20)):
            uow.scans.record_presence("gate", at(8), until)
        assert uow.scans.was_watched(at(8, 29), at(8, 40))
