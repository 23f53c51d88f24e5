"""Keeps the children alive until told to stop, and takes them along when it goes."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from facemark.adapters.processes.child import STOP_WAIT_S, Child, ChildPlan
from facemark.adapters.processes.probe import Endpoint
from facemark.domain.errors import Unavailable

TICK_S = 0.1
PROBE_EVERY_S = 0.3
READY_WITHIN_S = 180.0
TRIES_BEFORE_READY = 3


@dataclass(slots=True)
class Supervisor:
    """`say` gets one plain sentence per event. Use from one thread; `stop` may be set by any."""

    plans: Sequence[ChildPlan]
    endpoints: Sequence[Endpoint]
    say: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    children: list[Child] = field(default_factory=list)

    def run(self, prepare: Callable[[], None], on_ready: Callable[[], None]) -> None:
        """Until `stop` is set. Raises Unavailable `child_failed` or `not_ready` before readiness.

        `prepare` makes what the children share, while they are still loading their libraries.
        Every child has ended when this returns or raises.
        """
        self.children = [Child(plan) for plan in self.plans]
        try:
            for child in self.children:
                child.start()
            prepare()
            for child in self.children:
                child.release()
            if self._wait_until_ready():
                on_ready()
            while not self.stop.wait(TICK_S):
                self._revive()
        finally:
            self._end_all()

    def _wait_until_ready(self) -> bool:
        """False when told to stop first."""
        deadline = time.monotonic() + READY_WITHIN_S
        waiting = list(self.endpoints)
        while not self.stop.wait(PROBE_EVERY_S):
            self._revive()
            self._refuse_hopeless()
            waiting = [e for e in waiting if not e.answers()]
            if not waiting:
                return True
            if time.monotonic() > deadline:
                raise self._not_ready(waiting)
        return False

    def _revive(self) -> None:
        for child in self.children:
            code = child.poll()
            if code is not None:
                child.note_exit()
                self.say(
                    f"{child.plan.name} ended unexpectedly (exit code {code});"
                    f" starting it again in {child.backoff.delay_s:g} s, see {child.plan.log}"
                )
            elif child.process is None and time.monotonic() >= child.restart_at_s:
                child.start()
                child.release()

    def _refuse_hopeless(self) -> None:
        for child in self.children:
            if child.backoff.failures >= TRIES_BEFORE_READY:
                raise Unavailable(
                    "child_failed",
                    f"{child.plan.name} does not start ({child.backoff.failures} tries)",
                    f"the reason is at the end of {child.plan.log}",
                )

    def _not_ready(self, waiting: Sequence[Endpoint]) -> Unavailable:
        places = ", ".join(f"{e.host}:{e.port}{e.path}" for e in waiting)
        return Unavailable(
            "not_ready",
            f"no answer from {places} within {READY_WITHIN_S:g} s",
            f"look into the logs in {self.plans[0].log.parent}",
        )

    def _end_all(self) -> None:
        deadline = time.monotonic() + STOP_WAIT_S
        for child in self.children:
            child.ask_to_end()
        for child in self.children:
            child.wait_or_kill(deadline)
