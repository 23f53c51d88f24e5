"""The clock of the machine."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """Implements the Clock port on the operating system's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Says the instant it was given; for doing today what was due at another time."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        raise RuntimeError("a fixed clock cannot be waited for")
