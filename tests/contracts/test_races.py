"""Several writers at the same moment: the database lets exactly one be first."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TypeVar
from uuid import uuid4

from facemark.adapters.db.store import SqlStore
from facemark.domain.attendance import AttendanceStatus
from facemark.domain.errors import Conflict
from facemark.domain.ids import PersonId, ScanId
from facemark.domain.people import Institution
from facemark.domain.scans import ScanOutcome
from facemark.services.ports.store import Store, UnitOfWork
from facemark.testing.cast import ALICE, BOB, CLASS_4B, SCHOOL_DAY, at
from tests.contracts.test_notices import LEASE_S, message, notice
from tests.contracts.test_scans import COOL_DOWN_S, scan
from tests.contracts.test_statuses import ABSENT, PRESENT, by_rule, history, live, rollup

T = TypeVar("T")

WRITERS = 3


def race(store: Store, school: Institution, work: Callable[[UnitOfWork, int], T]) -> list[T]:
    """`work` by every writer in a transaction of its own, all begun together."""
    start = Barrier(WRITERS)

    def run(writer: int) -> T:
        start.wait(timeout=30)
        with store.write(school.id) as uow:
            result = work(uow, writer)
            uow.commit()
        return result

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(run, range(WRITERS)))


def test_one_scan_sent_three_times_at_once_is_recorded_once(
    store: Store, school: Institution
) -> None:
    one = scan()
    receipts = race(store, school, lambda uow, _: uow.scans.record_scans([one], COOL_DOWN_S))
    outcomes = Counter(r.outcome for batch in receipts for r in batch)
    assert outcomes == {ScanOutcome.RECORDED: 1, ScanOutcome.REPEATED: 2}
    with store.read(school.id) as uow:
        assert uow.scans.list_scans(None, since=at(0), until=at(23)) == [one]


def test_one_scan_id_claimed_for_two_people_at_once_belongs_to_one(
    store: Store, school: Institution
) -> None:
    one = scan()
    claims = [one, replace(one, person_id=BOB.id), replace(one, source="elsewhere")]
    receipts = race(store, school, lambda uow, i: uow.scans.record_scans([claims[i]], COOL_DOWN_S))
    outcomes = Counter(r.outcome for batch in receipts for r in batch)
    assert outcomes == {ScanOutcome.RECORDED: 1, ScanOutcome.IDEMPOTENCY_CONFLICT: 2}


def test_three_scans_of_one_person_at_once_let_one_of_them_in(
    store: Store, school: Institution
) -> None:
    scans = [replace(scan(), id=ScanId(uuid4())) for _ in range(WRITERS)]
    receipts = race(store, school, lambda uow, i: uow.scans.record_scans([scans[i]], COOL_DOWN_S))
    outcomes = Counter(r.outcome for batch in receipts for r in batch)
    assert outcomes == {ScanOutcome.RECORDED: 1, ScanOutcome.ALREADY_IN: 2}


def test_batches_that_name_the_same_people_in_another_order_do_not_block_each_other(
    store: Store, school: Institution
) -> None:
    pairs = [[scan(ALICE.id), scan(BOB.id)][:: 1 if i % 2 else -1] for i in range(WRITERS)]
    race(store, school, lambda uow, i: uow.scans.record_scans(pairs[i], COOL_DOWN_S))
    with store.read(school.id) as uow:
        assert len(uow.scans.list_scans(None, since=at(0), until=at(23))) == 2 * WRITERS


def test_one_status_written_three_times_at_once_lives_once(
    store: SqlStore, school: Institution
) -> None:
    same = by_rule(ALICE.id, ABSENT)
    written = race(store, school, lambda uow, _: uow.statuses.write_statuses(SCHOOL_DAY, [same]))
    assert sorted(written) == [0, 0, 1]
    assert len(history(store, school)) == 1
    assert rollup(store, school) == {(CLASS_4B.id, AttendanceStatus.ABSENT): 1}


def test_differing_statuses_at_once_leave_one_live_and_a_true_rollup(
    store: SqlStore, school: Institution
) -> None:
    race(
        store,
        school,
        lambda uow, i: uow.statuses.write_statuses(
            SCHOOL_DAY, [by_rule(ALICE.id, (ABSENT, PRESENT, ABSENT)[i])]
        ),
    )
    status = live(store, school)[ALICE.id].decision.status
    assert [at is None for _, at in history(store, school)].count(True) == 1
    assert rollup(store, school) == {(CLASS_4B.id, status): 1}


def test_one_notice_owed_three_times_at_once_is_new_once(store: Store, school: Institution) -> None:
    new = race(store, school, lambda uow, _: len(uow.notices.add_notices([notice()])))
    assert sorted(new) == [0, 0, 1]


def test_one_message_claimed_by_three_workers_at_once_goes_to_one(
    store: Store, school: Institution
) -> None:
    queue = [message(minute) for minute in range(2)]
    with store.write(school.id) as uow:
        uow.notices.add_messages(queue)
        uow.commit()
    claimed = race(
        store,
        school,
        lambda uow, i: [
            m.id
            for m in uow.notices.claim_messages(at(10), lease_s=LEASE_S, limit=9, worker=str(i))
        ],
    )
    assert sorted(id_ for ids in claimed for id_ in ids) == sorted(m.id for m in queue)


def test_one_external_id_given_to_three_people_at_once_is_one_persons(
    store: Store, school: Institution
) -> None:
    def add(uow: UnitOfWork, _: int) -> bool:
        try:
            uow.people.add_people([replace(ALICE, id=PersonId(uuid4()), external_id="new")])
        except Conflict:
            return False
        return True

    assert sorted(race(store, school, add)) == [False, False, True]
