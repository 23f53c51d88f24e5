"""One supervised process: spawned, logged to a file, and tied to us by a pipe."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from facemark.adapters.processes.restarts import Backoff

LARGEST_LOG_BYTES = 5_000_000
STOP_WAIT_S = 5.0


@dataclass(frozen=True, slots=True)
class ChildPlan:
    """What to start. The command must wait for a line on its standard input before it touches
    shared data, and end by itself when that input closes.
    """

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]


@dataclass(slots=True)
class Child:
    plan: ChildPlan
    backoff: Backoff = field(default_factory=Backoff)
    process: subprocess.Popen[bytes] | None = None
    started_at_s: float = 0.0
    restart_at_s: float = 0.0

    def start(self) -> None:
        """In a process group of its own, so that Ctrl-C reaches the supervisor alone."""
        _rotate(self.plan.log)
        with self.plan.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.plan.command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.plan.environment},
                process_group=0,
                creationflags=_own_group(),
            )
        self.started_at_s = time.monotonic()

    def release(self) -> None:
        """The line the child waits for: from now on the data is ready for it."""
        if self.process is not None and self.process.stdin is not None:
            # A child that has already died is seen by the next poll.
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.write(b"go\n")
                self.process.stdin.flush()

    def poll(self) -> int | None:
        """The exit code once it has ended; None while it runs or waits for its restart."""
        return self.process.poll() if self.process else None

    def note_exit(self) -> None:
        now = time.monotonic()
        self.backoff = self.backoff.after_exit(now - self.started_at_s)
        self.restart_at_s = now + self.backoff.delay_s
        self._close_pipe()
        self.process = None

    def ask_to_end(self) -> None:
        self._close_pipe()

    def wait_or_kill(self, deadline_s: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline_s - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _close_pipe(self) -> None:
        if self.process is not None and self.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()


def _own_group() -> int:
    if sys.platform == "win32":
        return subprocess.CREATE_NEW_PROCESS_GROUP
    return 0


def _rotate(log: Path) -> None:
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
