"""Reading what the user names and writing what the user asked for."""

from pathlib import Path

from facemark.domain.errors import InvalidInput, Unavailable


def write_file(path: Path, data: bytes) -> None:
    """Creates the folder; raises Unavailable `file_unwritable`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise Unavailable(
            "file_unwritable",
            f"{path} cannot be written ({error.strerror})",
            "choose another place",
        ) from error


def read_file(path: Path, *, max_bytes: int = 40_000_000) -> bytes:
    """Raises InvalidInput `file_unreadable` or `file_too_large`."""
    try:
        if path.stat().st_size > max_bytes:
            raise InvalidInput(
                "file_too_large",
                f"{path.name} is larger than {max_bytes // 1_000_000} MB",
                "make it smaller",
            )
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            "file_unreadable", f"{path} cannot be read ({error.strerror})", "check the path"
        ) from error
