"""The one key that lives outside the database. Whoever has it and the database can read both.

It is kept in a file of its own, or handed in by the environment where a file is not wanted. Losing
it makes every sealed value unreadable for ever, so nothing here ever writes over an existing one.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from facemark.domain.errors import Unavailable

KEY_VARIABLE = "FACEMARK_MASTER_KEY"
KEY_FILE_VARIABLE = "FACEMARK_MASTER_KEY_FILE"

_VERSION = 1
_KEY_BYTES = 32
_MAX_FILE_BYTES = 4096


@dataclass(frozen=True, slots=True, repr=False)
class MasterKey:
    """32 random bytes, named by a fingerprint that does not reveal them."""

    secret: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != _KEY_BYTES:
            raise ValueError(f"a master key has {_KEY_BYTES} bytes")

    @property
    def key_id(self) -> str:
        """16 hexadecimal digits."""
        return hmac.new(self.secret, b"facemark master key id", hashlib.sha256).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"MasterKey({self.key_id})"

    @classmethod
    def generate(cls) -> "MasterKey":
        return cls(secrets.token_bytes(_KEY_BYTES))

    @classmethod
    def parse(cls, text: str, *, origin: str) -> "MasterKey":
        """From the file's JSON or from bare base64; raises Unavailable `master_key_corrupt`."""
        stripped = text.strip()
        if not stripped.startswith("{"):
            return cls(_decode_secret(stripped, origin))
        document = _parse_document(stripped, origin)
        key = cls(_decode_secret(str(document.get("key", "")), origin))
        if document.get("version") != _VERSION or document.get("key_id") != key.key_id:
            raise _corrupt(origin)
        return key

    def render(self) -> str:
        document = {
            "version": _VERSION,
            "key_id": self.key_id,
            "key": base64.b64encode(self.secret).decode(),
        }
        return json.dumps(document, indent=2) + "\n"


def _parse_document(text: str, origin: str) -> dict[str, object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _corrupt(origin) from error
    if not isinstance(document, dict):
        raise _corrupt(origin)
    return document


def _decode_secret(text: str, origin: str) -> bytes:
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _corrupt(origin) from error
    if len(secret) != _KEY_BYTES:
        raise _corrupt(origin)
    return secret


def _corrupt(origin: str) -> Unavailable:
    return Unavailable(
        "master_key_corrupt",
        f"the master key in {origin} is damaged or is not one",
        "put the original back from your backup; a new key cannot open what the old one sealed",
    )


def find_master_key(environment: Mapping[str, str], path: Path, *, may_create: bool) -> MasterKey:
    """The key in `FACEMARK_MASTER_KEY`, else in the file `FACEMARK_MASTER_KEY_FILE` names, else
    in `path`. Only `path` is ever created.
    """
    if text := environment.get(KEY_VARIABLE):
        return MasterKey.parse(text, origin=KEY_VARIABLE)
    if named := environment.get(KEY_FILE_VARIABLE):
        return load_or_create(Path(named), may_create=False)
    return load_or_create(path, may_create=may_create)


def load_or_create(path: Path, *, may_create: bool) -> MasterKey:
    """The key of the file; a new one if there is none and `may_create`.

    Pass `may_create` False as soon as sealed data exists: a fresh key beside old data would only
    hide that the right one is lost. Raises Unavailable `master_key_missing`,
    `master_key_unreadable`, `master_key_unwritable` or `master_key_corrupt`.
    """
    try:
        return _load(path)
    except FileNotFoundError as error:
        if not may_create:
            raise Unavailable(
                "master_key_missing",
                f"there is no master key at {path}, and sealed data needs it",
                f"put the file back from your backup, or name it in {KEY_FILE_VARIABLE}",
            ) from error
    _create(path, MasterKey.generate())
    return _load(path)


def _load(path: Path) -> MasterKey:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Unavailable(
            "master_key_unreadable",
            f"the master key at {path} cannot be read: {error.strerror}",
            "let the account that runs FaceMark read this file, and nobody else",
        ) from error
    if len(data) > _MAX_FILE_BYTES:
        raise _corrupt(str(path))
    return MasterKey.parse(data.decode("utf-8", "replace"), origin=str(path))


def _create(path: Path, key: MasterKey) -> None:
    """Write a complete file or none; if another process was first, its file stays."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_private(draft, key.render().encode())
        _publish(draft, path)
    except OSError as error:
        raise Unavailable(
            "master_key_unwritable",
            f"no master key can be written at {path}: {error.strerror}",
            "choose a data folder that this account may write to",
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _write_private(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _publish(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links (FAT, some network shares): the check and the rename
        # are two steps there, which only matters to two first starts at the same moment.
        if not path.exists():
            draft.rename(path)
    _sync_directory(path.parent)


def _sync_directory(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
