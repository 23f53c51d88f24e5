"""A sign of life between processes of one machine: the time stamp of an empty file."""

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Heartbeat:
    path: Path

    def beat(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.touch()
        os.utime(self.path)

    def age_s(self) -> float | None:
        """Seconds since the last beat by the wall clock, never negative; None before the first."""
        try:
            return max(time.time() - self.path.stat().st_mtime, 0.0)
        except FileNotFoundError:
            return None

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)
