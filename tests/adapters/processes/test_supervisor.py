"""With children that are one line of Python, so that the rules are seen and not the product."""

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest

from facemark.adapters.processes import supervisor as module
from facemark.adapters.processes.child import ChildPlan
from facemark.adapters.processes.probe import Endpoint
from facemark.adapters.processes.supervisor import Supervisor
from facemark.domain.errors import Unavailable

UNTIL_PARENT_ENDS = (
    "from facemark.adapters.processes.lifeline import wait_for_release;"
    "import sys; wait_for_release(); sys.stdin.read()"
)
STUBBORN = "import time, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
ENDS_AT_ONCE = "raise SystemExit(3)"


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def ready() -> Iterator[Endpoint]:
    with HTTPServer(("127.0.0.1", 0), _Ready) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Endpoint("127.0.0.1", server.server_port, "/ready")
        server.shutdown()


def nothing() -> None:
    return None


def plan(folder: Path, script: str, name: str = "gate") -> ChildPlan:
    return ChildPlan(name, (sys.executable, "-c", script), folder / "logs" / f"{name}.log", {})


def supervise(plans: list[ChildPlan], *endpoints: Endpoint) -> tuple[Supervisor, list[str]]:
    said: list[str] = []
    return Supervisor(plans, endpoints, said.append), said


def test_children_have_ended_when_it_returns(tmp_path: Path, ready: Endpoint) -> None:
    supervisor, said = supervise([plan(tmp_path, UNTIL_PARENT_ENDS)], ready)
    pids: list[int] = []

    def note_and_stop() -> None:
        pids.extend(c.process.pid for c in supervisor.children if c.process)
        supervisor.stop.set()

    supervisor.run(nothing, note_and_stop)
    assert len(pids) == 1
    assert not psutil.pid_exists(pids[0])
    assert said == []


def test_a_killed_child_is_started_again_and_that_is_said(tmp_path: Path, ready: Endpoint) -> None:
    supervisor, said = supervise([plan(tmp_path, UNTIL_PARENT_ENDS)], ready)
    first: list[int] = []
    second: list[int] = []

    def kill_and_watch() -> None:
        child = supervisor.children[0]
        assert child.process is not None
        first.append(child.process.pid)
        child.process.kill()
        threading.Thread(target=wait_for_another, args=(child.process.pid,), daemon=True).start()

    def wait_for_another(old: int) -> None:
        child = supervisor.children[0]
        while not second:
            if child.process is not None and child.process.pid != old:
                second.append(child.process.pid)
        supervisor.stop.set()

    supervisor.run(nothing, kill_and_watch)
    assert second
    assert second != first
    assert len(said) == 1
    assert "gate ended unexpectedly" in said[0]
    assert "starting it again in 0.5 s" in said[0]


def test_a_child_that_cannot_start_ends_the_attempt_and_names_its_log(tmp_path: Path) -> None:
    supervisor, _ = supervise(
        [plan(tmp_path, ENDS_AT_ONCE), plan(tmp_path, UNTIL_PARENT_ENDS, "worker")],
        Endpoint("127.0.0.1", 9, "/ready"),
    )
    with pytest.raises(Unavailable, match=r"child_failed: gate .*gate\.log"):
        supervisor.run(nothing, lambda: None)
    assert all(child.process is None for child in supervisor.children)


def test_a_child_that_does_not_listen_is_killed(
    tmp_path: Path, ready: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STOP_WAIT_S", 0.2)
    supervisor, _ = supervise([plan(tmp_path, STUBBORN)], ready)
    supervisor.run(nothing, supervisor.stop.set)
    assert supervisor.children[0].process is None


def test_what_a_child_prints_is_in_its_log(tmp_path: Path, ready: Endpoint) -> None:
    script = "print('hello', flush=True);" + UNTIL_PARENT_ENDS
    supervisor, _ = supervise([plan(tmp_path, script)], ready)
    log = tmp_path / "logs" / "gate.log"

    def stop_once_written() -> None:
        while not log.read_text():
            pass
        supervisor.stop.set()

    supervisor.run(nothing, stop_once_written)
    assert log.read_text().strip() == "hello"


def test_children_wait_until_what_they_share_is_prepared(tmp_path: Path, ready: Endpoint) -> None:
    shared = tmp_path / "shared"
    script = (
        "import sys; from facemark.adapters.processes.lifeline import wait_for_release;"
        f"wait_for_release(); print(open({str(shared)!r}).read(), flush=True); sys.stdin.read()"
    )
    supervisor, _ = supervise([plan(tmp_path, script)], ready)
    log = tmp_path / "logs" / "gate.log"

    def stop_once_written() -> None:
        while not log.read_text():
            pass
        supervisor.stop.set()

    def prepare() -> None:
        shared.write_text("prepared")

    supervisor.run(prepare, stop_once_written)
    assert log.read_text().strip() == "prepared"


def test_children_end_when_preparing_fails(tmp_path: Path) -> None:
    supervisor, _ = supervise([plan(tmp_path, UNTIL_PARENT_ENDS)])

    def fail() -> None:
        raise Unavailable("schema_too_new", "newer", "install it again")

    with pytest.raises(Unavailable, match="schema_too_new"):
        supervisor.run(fail, nothing)
    assert supervisor.children[0].process is None
