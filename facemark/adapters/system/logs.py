"""Logs that can be handed to a stranger: where it broke, never on whose data."""

import logging
import traceback
from types import TracebackType


class DiscreetFormatter(logging.Formatter):
    """Leaves out the text of exceptions, which may quote a name or a phone, and so a row."""

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        kind, _, trace = ei
        name = kind.__name__ if kind else "no exception"
        return "".join(traceback.format_tb(trace)) + name


def write_logs() -> None:
    """To standard error: ours from information on, other people's from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("facemark").setLevel(logging.INFO)
