"""Port to time; services never read a clock of their own."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC."""
        ...

    def wait(self, seconds: float) -> None:
        """Return after so long; a virtual clock moves ahead instead."""
        ...
