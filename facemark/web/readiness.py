"""Can this installation do its work right now, and if not, what is missing?"""

from collections.abc import Callable
from dataclasses import dataclass

from facemark.domain.errors import FaceMarkError, Unavailable


@dataclass(frozen=True, slots=True)
class Readiness:
    """Each check raises a FaceMarkError when its part is not ready. They may block."""

    checks: tuple[tuple[str, Callable[[], object]], ...]

    def list_missing(self) -> list[tuple[str, FaceMarkError]]:
        missing: list[tuple[str, FaceMarkError]] = []
        for name, check in self.checks:
            try:
                check()
            except FaceMarkError as error:
                missing.append((name, error))
        return missing


def require_beat(age_s: float | None, allowed_s: float) -> None:
    """Raises Unavailable `worker_silent` when the last sign of life is older than allowed."""
    if age_s is not None and age_s <= allowed_s:
        return
    since = "has not reported yet" if age_s is None else f"was last heard of {age_s:.0f} s ago"
    raise Unavailable(
        "worker_silent",
        f"the worker {since}, so nothing is settled and no message goes out",
        "look into logs/worker.log in the data folder",
    )
