"""The clock of the machine."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Implements the Clock port on the operating system's time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)
