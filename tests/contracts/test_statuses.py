"""Statuses, and the rollup kept with them."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import select

from facemark.adapters.db.models import DailyRollupRow, StatusRow
from facemark.adapters.db.scopes import tenant_session
from facemark.adapters.db.store import SqlStore
from facemark.domain.attendance import (
    AttendanceStatus,
    PersonStatus,
    ReasonCode,
    StatusDecision,
    StatusSource,
)
from facemark.domain.errors import NotFound
from facemark.domain.ids import GroupId, PersonId
from facemark.domain.people import Institution, Membership
from facemark.services.ports.store import Store
from facemark.testing.cast import (
    ALICE,
    BOB,
    CHARLIE,
    CLASS_4B,
    CLASS_5A,
    JOINED,
    MONDAY,
    SCHOOL_DAY,
    at,
)
from tests.contracts.test_sessions import NIGHT

PRESENT = StatusDecision(
    AttendanceStatus.PRESENT, ReasonCode.ON_TIME, {"seen": "07:58", "start": "08:00"}, at(7, 58)
)
ABSENT = StatusDecision(
    AttendanceStatus.ABSENT, ReasonCode.NOT_SEEN_BY_CUT_OFF, {"cut_off": "08:30"}
)
EXCUSED = StatusDecision(AttendanceStatus.EXCUSED, ReasonCode.CORRECTED)
SETTLED, CORRECTED = at(9), at(10)


def by_rule(
    person: PersonId, decision: StatusDecision, decided_at: datetime = SETTLED
) -> PersonStatus:
    return PersonStatus(SCHOOL_DAY.id, person, StatusSource.RULE, decision, decided_at)


def by_hand(
    person: PersonId, decision: StatusDecision, decided_at: datetime = CORRECTED
) -> PersonStatus:
    return PersonStatus(SCHOOL_DAY.id, person, StatusSource.MANUAL, decision, decided_at)


def write(store: Store, school: Institution, *statuses: PersonStatus) -> int:
    with store.write(school.id) as uow:
        written = uow.statuses.write_statuses(SCHOOL_DAY, statuses)
        uow.commit()
    return written


def live(store: Store, school: Institution) -> dict[PersonId, PersonStatus]:
    with store.read(school.id) as uow:
        return {s.person_id: s for s in uow.statuses.list_statuses(SCHOOL_DAY.id)}


def rollup(store: SqlStore, school: Institution) -> dict[tuple[GroupId, AttendanceStatus], int]:
    row = DailyRollupRow
    with tenant_session(store.engines.read, school.id) as session:
        found = session.execute(
            select(row.group_id, row.status, row.total).where(row.on_date == MONDAY, row.total != 0)
        )
        return {(GroupId(group), status): total for group, status, total in found}


def history(store: SqlStore, school: Institution) -> Sequence[tuple[str, datetime | None]]:
    row = StatusRow
    with tenant_session(store.engines.read, school.id) as session:
        found = session.execute(select(row.status, row.superseded_at).order_by(row.id))
        return [(status, superseded_at) for status, superseded_at in found]


def test_statuses_come_back_with_their_whole_explanation(store: Store, school: Institution) -> None:
    alice, bob = by_rule(ALICE.id, PRESENT), by_rule(BOB.id, ABSENT)
    assert write(store, school, alice, bob) == 2
    assert live(store, school) == {ALICE.id: alice, BOB.id: bob}


def test_saying_the_same_again_writes_nothing(store: SqlStore, school: Institution) -> None:
    write(store, school, by_rule(ALICE.id, PRESENT))
    assert write(store, school, by_rule(ALICE.id, PRESENT, at(11))) == 0
    assert write(store, school) == 0
    assert live(store, school)[ALICE.id].decided_at == at(9)
    assert len(history(store, school)) == 1


def test_a_differing_status_supersedes_and_the_old_one_stays_visible(
    store: SqlStore, school: Institution
) -> None:
    write(store, school, by_rule(ALICE.id, ABSENT))
    assert write(store, school, by_rule(ALICE.id, PRESENT, at(11))) == 1
    assert live(store, school) == {ALICE.id: by_rule(ALICE.id, PRESENT, at(11))}
    assert history(store, school) == [("absent", at(11)), ("present", None)]


def test_a_rule_never_supersedes_what_was_set_by_hand(store: Store, school: Institution) -> None:
    write(store, school, by_rule(ALICE.id, ABSENT), by_hand(ALICE.id, EXCUSED))
    assert write(store, school, by_rule(ALICE.id, PRESENT, at(11))) == 0
    assert live(store, school) == {ALICE.id: by_hand(ALICE.id, EXCUSED)}
    assert write(store, school, by_hand(ALICE.id, ABSENT)) == 1


def test_said_twice_in_one_call_the_later_holds_unless_the_earlier_was_by_hand(
    store: Store, school: Institution
) -> None:
    written = write(
        store,
        school,
        by_rule(ALICE.id, ABSENT),
        by_rule(ALICE.id, PRESENT),
        by_hand(BOB.id, EXCUSED),
        by_rule(BOB.id, ABSENT),
    )
    assert written == 2
    decisions = {p: s.decision for p, s in live(store, school).items()}
    assert decisions == {ALICE.id: PRESENT, BOB.id: EXCUSED}


def test_said_otherwise_and_back_in_one_call_nothing_is_written(
    store: SqlStore, school: Institution
) -> None:
    write(store, school, by_rule(ALICE.id, ABSENT))
    assert write(store, school, by_rule(ALICE.id, PRESENT), by_rule(ALICE.id, ABSENT)) == 0
    assert history(store, school) == [("absent", None)]


def test_the_rollup_counts_the_live_statuses_of_each_group(
    store: SqlStore, school: Institution
) -> None:
    write(
        store,
        school,
        by_rule(ALICE.id, ABSENT),
        by_rule(BOB.id, ABSENT),
        by_rule(CHARLIE.id, PRESENT),
    )
    assert rollup(store, school) == {
        (CLASS_4B.id, AttendanceStatus.ABSENT): 2,
        (CLASS_5A.id, AttendanceStatus.PRESENT): 1,
    }
    write(store, school, by_rule(ALICE.id, PRESENT), by_hand(BOB.id, EXCUSED))
    assert rollup(store, school) == {
        (CLASS_4B.id, AttendanceStatus.PRESENT): 1,
        (CLASS_4B.id, AttendanceStatus.EXCUSED): 1,
        (CLASS_5A.id, AttendanceStatus.PRESENT): 1,
    }


def test_somebody_in_two_groups_counts_in_the_first_of_the_session(
    store: SqlStore, school: Institution
) -> None:
    with store.write(school.id) as uow:
        uow.people.add_memberships([Membership(CHARLIE.id, CLASS_4B.id, JOINED, None)])
        uow.commit()
    write(store, school, by_rule(CHARLIE.id, PRESENT))
    assert rollup(store, school) == {(CLASS_4B.id, AttendanceStatus.PRESENT): 1}


def test_a_rollup_is_undone_in_the_group_it_was_counted_in(
    store: SqlStore, school: Institution
) -> None:
    write(store, school, by_rule(CHARLIE.id, ABSENT))
    with store.write(school.id) as uow:
        uow.people.add_memberships([Membership(CHARLIE.id, CLASS_4B.id, JOINED, None)])
        uow.commit()
    write(store, school, by_rule(CHARLIE.id, PRESENT))
    assert rollup(store, school) == {(CLASS_4B.id, AttendanceStatus.PRESENT): 1}


def test_rolling_back_takes_status_and_rollup_along(store: SqlStore, school: Institution) -> None:
    with store.write(school.id) as uow:
        uow.statuses.write_statuses(SCHOOL_DAY, [by_rule(ALICE.id, ABSENT)])
    assert live(store, school) == {}
    assert rollup(store, school) == {}


def test_statuses_of_an_unknown_session_are_refused(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow, pytest.raises(NotFound, match="session_unknown"):
        uow.statuses.write_statuses(NIGHT, [])
