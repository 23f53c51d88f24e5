"""When a child that ended may start again."""

from dataclasses import dataclass, replace

FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
HEALTHY_AFTER_S = 60.0
"""A child that lived this long starts again as if it had never failed."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """The wait doubles with each quick failure. Times are seconds of a monotonic clock."""

    failures: int = 0

    def after_exit(self, lived_s: float) -> "Backoff":
        return replace(self, failures=1 if lived_s >= HEALTHY_AFTER_S else self.failures + 1)

    @property
    def delay_s(self) -> float:
        exponent = min(max(self.failures - 1, 0), 16)
        return float(min(FIRST_DELAY_S * 2**exponent, LONGEST_DELAY_S))
