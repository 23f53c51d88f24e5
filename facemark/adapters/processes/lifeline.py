"""The child's side of the pipe: when the supervisor is gone, so are we."""

import os
import sys
import threading
from collections.abc import Callable

GRACE_S = 3.0
"""How long a clean end may take before the process is ended outright."""


def wait_for_release() -> None:
    """Until the supervisor has prepared what is shared; exits if it goes away first."""
    while not (heard := os.read(sys.stdin.fileno(), 64)).endswith(b"\n"):
        if not heard:
            sys.exit(0)


def watch_lifeline(on_parent_gone: Callable[[], None]) -> None:
    """Call `on_parent_gone` once standard input closes, and exit for good `GRACE_S` later."""
    threading.Thread(
        target=_wait_for_end, args=(on_parent_gone,), name="lifeline", daemon=True
    ).start()


def _wait_for_end(on_parent_gone: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 64):
        pass
    timer = threading.Timer(GRACE_S, os._exit, args=(0,))
    timer.daemon = True
    timer.start()
    on_parent_gone()
