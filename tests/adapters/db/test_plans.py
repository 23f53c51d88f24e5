"""SQLite answers the questions of a busy morning from an index, in a database of any size."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from facemark.adapters.db.engine import parse_url
from facemark.adapters.db.store import SqlStore
from facemark.adapters.keys.ring import MasterKeyRing
from facemark.domain.ids import PersonId
from facemark.services.ports.store import UnitOfWork
from facemark.testing.cast import MONDAY, PEOPLE, SCHOOL_DAY, at
from tests.contracts.filled import found_full_school
from tests.contracts.test_notices import LEASE_S
from tests.contracts.test_scans import COOL_DOWN_S, scan
from tests.contracts.test_statuses import PRESENT, by_rule

PERIOD = {"since": at(7), "until": at(9)}
# As many as one chunk of settling has; with three the planner chooses otherwise.
MANY = [PersonId(uuid4()) for _ in range(250)]

BUSY: dict[str, Callable[[UnitOfWork], object]] = {
    "scans": lambda u: u.scans.record_scans([scan(p.id) for p in PEOPLE], COOL_DOWN_S),
    "statuses": lambda u: u.statuses.write_statuses(
        SCHOOL_DAY, [by_rule(p.id, PRESENT) for p in PEOPLE]
    ),
    "live statuses": lambda u: u.statuses.list_statuses(SCHOOL_DAY.id),
    "scans of some": lambda u: u.scans.list_scans(MANY, **PERIOD),
    "scans of all": lambda u: u.scans.list_scans(None, **PERIOD),
    "memberships": lambda u: u.people.list_memberships(SCHOOL_DAY.group_ids, MONDAY),
    "memberships of some": lambda u: u.people.list_memberships_of(MANY, MONDAY),
    "guardians": lambda u: u.people.list_guardians(MANY),
    "consents": lambda u: u.consents.list_consents(MANY),
    "sessions": lambda u: u.sessions.list_sessions(opens_before=at(8), ends_after=at(8)),
    "due sessions": lambda u: u.sessions.list_due(at(9)),
    "presence": lambda u: u.scans.was_watched(at(7), at(9)),
    "messages": lambda u: u.notices.claim_messages(at(9), lease_s=LEASE_S, limit=10, worker="w1"),
    "latest messages": lambda u: u.notices.list_messages(limit=10),
    "audit": lambda u: u.audit.list_audit(10),
}


@contextmanager
def watch_plans(store: SqlStore, url: str) -> Iterator[list[str]]:
    """Every step of every plan; a separate connection explains while the unit is at work."""
    plans: list[str] = []
    with closing(sqlite3.connect(parse_url(url).database or "")) as explainer:

        def explain(*call: Any) -> None:
            statement, parameters, is_many = call[2], call[3], call[5]
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")) and not is_many:
                steps = explainer.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                plans.extend(step[3] for step in steps)

        event.listen(store.engines.write, "before_cursor_execute", explain)
        yield plans


def reads_whole_institution(step: str) -> bool:
    """No index, or one of which only the institution is used and which gives no order either.

    A result that was made in passing (anon) may be scanned.
    """
    is_scan = step.startswith("SCAN") and not step.startswith("SCAN anon_")
    is_ordered = "_created_at " in step or "_at_id " in step
    return is_scan or (step.endswith("(institution_id=?)") and not is_ordered)


@pytest.mark.parametrize("name", BUSY)
def test_no_step_reads_everything_an_institution_has(
    sqlite_url: str, keys: MasterKeyRing, name: str
) -> None:
    with closing(SqlStore(sqlite_url, keys)) as store:
        school = found_full_school(store)
        with store.write(school.id) as uow, watch_plans(store, sqlite_url) as plans:
            BUSY[name](uow)
    assert plans
    assert [step for step in plans if reads_whole_institution(step)] == []
