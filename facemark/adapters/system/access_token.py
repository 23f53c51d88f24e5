"""The secret of one start of the product, shared by its processes through a private file."""

import os
import secrets
from pathlib import Path

from facemark.domain.errors import Unavailable


def create_access_token(path: Path) -> str:
    """A fresh one; links printed by an earlier start stop working."""
    token = secrets.token_urlsafe(32)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token)
    return token


def load_access_token(path: Path) -> str:
    """Raises Unavailable `access_token_missing`."""
    try:
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise Unavailable(
            "access_token_missing",
            f"the access token at {path} cannot be read",
            "start FaceMark with `facemark up`, which makes it",
        ) from error
