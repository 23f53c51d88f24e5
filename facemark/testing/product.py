"""The whole product as a process of its own, for tests and tools that use it from outside."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

LINK = re.compile(r"http://\S+\?access=\S+")
GATE = re.compile(r"Gate\s+(http://\S+)")
START_WITHIN_S = 180.0


@dataclass(slots=True)
class RunningProduct:
    """`facemark up` and everything it said so far."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    heard: threading.Condition = field(default_factory=threading.Condition)

    def listen(self) -> None:
        with cast(IO[str], self.process.stdout) as lines:
            for line in lines:
                with self.heard:
                    self.said.append(line)
                    self.heard.notify_all()
        with self.heard:
            self.said.append("")
            self.heard.notify_all()

    def wait_for(self, text: str, *, within_s: float = START_WITHIN_S) -> str:
        """The output so far once it contains `text`; raises TimeoutError with it otherwise."""
        with self.heard:
            self.heard.wait_for(lambda: text in self.output or self._ended, within_s)
            if text not in self.output:
                raise TimeoutError(f"waited for {text!r}, heard:\n{self.output}")
            return self.output

    @property
    def output(self) -> str:
        return "".join(self.said)

    @property
    def _ended(self) -> bool:
        return bool(self.said) and not self.said[-1]

    @property
    def link(self) -> str:
        return _find(LINK, self.output, 0)

    @property
    def gate_url(self) -> str:
        return _find(GATE, self.output, 1)

    def end(self) -> int:
        """As Ctrl-C does; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(_interrupt())
        return self.wait()

    def wait(self, *, within_s: float = START_WITHIN_S) -> int:
        """The exit code, once all it said has been heard."""
        code = self.process.wait(within_s)
        with self.heard:
            self.heard.wait_for(lambda: self._ended, within_s)
        return code


def _find(pattern: re.Pattern[str], text: str, group: int) -> str:
    found = pattern.search(text)
    if found is None:
        raise LookupError(f"no {pattern.pattern} in:\n{text}")
    return found.group(group)


def _interrupt() -> int:
    return int(getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT))


def start_product(
    data: Path, *options: str, environment: Mapping[str, str] | None = None
) -> RunningProduct:
    """On free ports; returns at once, so `wait_for("Ready")` next."""
    process = subprocess.Popen(
        [sys.executable, "-m", "facemark", "up", "--gate-port=0", "--dashboard-port=0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, **(environment or {}), "FACEMARK_DATA": str(data)},
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    product = RunningProduct(process)
    threading.Thread(target=product.listen, daemon=True).start()
    return product


@contextmanager
def running_product(data: Path, *options: str) -> Iterator[RunningProduct]:
    """Ready on entering, ended on leaving."""
    product = start_product(data, *options)
    try:
        product.wait_for("Ready.")
        yield product
    finally:
        product.end()
