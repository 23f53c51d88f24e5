"""One supervisor per data folder. The operating system drops the lock of a dead process."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facemark.domain.errors import Conflict


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the folder while the block runs; raises Conflict `already_running`.

    The file is kept: taking it away would let a third process lock a new file of the same name.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _try_lock(descriptor):
            raise _already_running(path)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _already_running(path: Path) -> Conflict:
    pid = path.read_text(encoding="ascii", errors="replace").strip() or "unknown"
    return Conflict(
        "already_running",
        f"FaceMark already runs on the data folder {path.parent.parent} (process {pid})",
        "use the link it printed, end that process first, or name another folder in FACEMARK_DATA",
    )


if sys.platform == "win32":
    import msvcrt

    _LOCKED_BYTE = 1 << 30
    """Far behind the text: on Windows nobody else may read a byte that is locked."""

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
