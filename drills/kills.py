"""`kill -9` at random points of watch, settle and dispatch; then every promise is checked."""

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from drills.provider import FileProvider
from drills.scene import Scene, cut_off_passed_at, found_institution, started_at
from facemark.adapters.db.migrate import migrate
from facemark.adapters.db.store import SqlStore
from facemark.adapters.keys.master import find_master_key
from facemark.adapters.keys.ring import MasterKeyRing
from facemark.domain.attendance import AttendanceStatus
from facemark.domain.notices import MessageState
from facemark.services.tenant import Tenant
from facemark.testing.clock import VirtualClock

KILLS_PER_ROUND = 5
START_LIMIT_S = 60.0
LONGEST_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """`url`: the database, on which nothing of this folder's drill has run before."""

    folder: Path
    url: str
    kills: int
    seed: int
    scene: Scene

    @property
    def rounds(self) -> int:
        return -(-self.kills // KILLS_PER_ROUND)


@dataclass(frozen=True, slots=True)
class KillPoint:
    """After so many words of the process and then a pause; independent of the machine's speed."""

    words: int
    pause_s: float


@dataclass(slots=True)
class Tally:
    """`where`: how often the last word before a kill was which step."""

    kills: int = 0
    finished_before_the_kill: int = 0
    acknowledged: set[str] = field(default_factory=set)
    where: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)


def run_kills(plan: Plan) -> Iterator[Tally]:
    """Yields the running tally after each round; deterministic but for the machine's own timing."""
    rng = random.Random(plan.seed)
    tenant, store = _prepare(plan)
    tally = Tally()
    try:
        words = 0
        for number in range(plan.rounds + 1):
            attempt = 0
            while words and attempt < KILLS_PER_ROUND and tally.kills < plan.kills:
                point = KillPoint(rng.randrange(words), rng.uniform(0, LONGEST_PAUSE_S))
                _kill_once(plan, number, attempt, point=point, tally=tally)
                _check_acknowledged(tenant, tally)
                attempt += 1
            words = _run_to_end(plan, number, attempt, tally=tally)
            _check_round(plan, tenant, number, tally)
            yield tally
    finally:
        store.close()


def _prepare(plan: Plan) -> tuple[Tenant, SqlStore]:
    plan.folder.mkdir(parents=True, exist_ok=True)
    document = {"people": plan.scene.people, "arrivals": plan.scene.arrivals}
    (plan.folder / "plan.json").write_text(json.dumps(document | {"seed": plan.scene.seed}))
    key = find_master_key({}, plan.folder / "keys" / "master.key", may_create=True)
    migrate(plan.url)
    store = SqlStore(plan.url, MasterKeyRing(key))
    clock = VirtualClock(datetime(2026, 3, 1, tzinfo=UTC))
    return found_institution(store, clock, plan.scene, plan.rounds + 1), store


def _spawn(plan: Plan, number: int, attempt: int) -> subprocess.Popen[str]:
    now = cut_off_passed_at(number) + timedelta(minutes=2 * attempt)
    return subprocess.Popen(
        [sys.executable, "-m", "drills.workload", str(plan.folder), str(number), now.isoformat()],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"FACEMARK_DATA": str(plan.folder), "FACEMARK_DATABASE_URL": plan.url},
    )


@dataclass(slots=True)
class _Listener:
    """Collects what the child says; a torn last line was never an acknowledgement."""

    child: subprocess.Popen[str]
    words: int
    reached: threading.Event = field(default_factory=threading.Event)
    lines: list[dict[str, object]] = field(default_factory=list)

    def listen(self) -> None:
        for line in self.child.stdout or ():
            if line.endswith("\n"):
                self.lines.append(json.loads(line))
            if len(self.lines) > self.words:
                self.reached.set()
        self.reached.set()


def _kill_once(plan: Plan, number: int, attempt: int, *, point: KillPoint, tally: Tally) -> None:
    child = _spawn(plan, number, attempt)
    listener = _Listener(child, point.words)
    thread = threading.Thread(target=listener.listen)
    thread.start()
    if not listener.reached.wait(START_LIMIT_S):
        tally.violations.append(f"round {number}: the process stood still")
    time.sleep(point.pause_s)
    child.kill()
    child.wait()
    thread.join()
    _note(listener.lines, tally)
    tally.kills += 1


def _note(lines: list[dict[str, object]], tally: Tally) -> None:
    tally.acknowledged |= {str(line["scan"]) for line in lines if "scan" in line}
    last = next(iter(lines[-1]), "nothing") if lines else "nothing"
    tally.where[last] += 1
    tally.finished_before_the_kill += last == "done"


def _run_to_end(plan: Plan, number: int, attempt: int, *, tally: Tally) -> int:
    """How many words an uninterrupted run would say."""
    child = _spawn(plan, number, attempt)
    lines = [json.loads(line) for line in child.stdout or ()]
    if child.wait() != 0 or not any("done" in line for line in lines):
        tally.violations.append(f"round {number}: did not run to its end")
    tally.acknowledged |= {str(line["scan"]) for line in lines if "scan" in line}
    return len(lines)


def _check_acknowledged(tenant: Tenant, tally: Tally) -> None:
    stored = Counter(_scan_ids(tenant))
    lost = tally.acknowledged - stored.keys()
    if lost:
        tally.violations.append(f"{len(lost)} acknowledged scan(s) lost after {tally.kills} kills")


def _scan_ids(tenant: Tenant) -> list[str]:
    with tenant.read() as uow:
        scans = uow.scans.list_scans(
            None, since=started_at(0), until=started_at(0) + timedelta(days=3650)
        )
    return [str(s.id) for s in scans]


def _check_round(plan: Plan, tenant: Tenant, number: int, tally: Tally) -> None:
    absent = plan.scene.people - plan.scene.arrivals
    begun = started_at(number)
    with tenant.read() as uow:
        scans = uow.scans.list_scans(None, since=begun, until=begun + timedelta(hours=12))
        (session,) = uow.sessions.list_sessions(on_date=begun.date())
        statuses = [s.decision.status for s in uow.statuses.list_statuses(session.id)]
        messages = uow.notices.list_messages()
    accepted = Counter(FileProvider(plan.folder / "provider.txt").accepted())
    promises = {
        "one scan per arrival": len(scans) == plan.scene.arrivals,
        "nobody scanned twice": len({s.person_id for s in scans}) == len(scans),
        "one status per person": len(statuses) == plan.scene.people,
        "arrivals are present": statuses.count(AttendanceStatus.PRESENT) == plan.scene.arrivals,
        "the others are absent": statuses.count(AttendanceStatus.ABSENT) == absent,
        "one message per absentee and day": len(messages) == absent * (number + 1),
        "every message is sent": all(m.state is MessageState.SENT for m in messages),
        "the provider has each once": accepted == Counter(str(m.id) for m in messages),
    }
    tally.violations += [f"round {number}: not {p}" for p, kept in promises.items() if not kept]
