"""Writing what the user asked for."""

from pathlib import Path

from facemark.domain.errors import Unavailable


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
