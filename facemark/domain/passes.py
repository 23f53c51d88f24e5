"""The text of a QR pass: `FM1.<key id>.<pass id>.<signature>`, base64url without padding.

Short enough for a QR code of 45 modules at error level M. The institution is signed but not
written: a device knows where it stands, and a pass from elsewhere simply does not verify. A pass
says nothing about its holder; who it is, until when and whether revoked is looked up by its id.
"""

import base64
import re
import struct
from dataclasses import dataclass
from uuid import UUID

from facemark.domain.errors import InvalidInput
from facemark.domain.ids import CredentialId, InstitutionId

VERSION = "FM1"
SIGNATURE_BYTES = 64

_ID_BYTES = 16
_MAX_CHARS = 256
_SHAPE = re.compile(
    rf"{VERSION}\.([A-Za-z0-9_-]{{1,16}})\.([A-Za-z0-9_-]{{22}})\.([A-Za-z0-9_-]{{86}})"
)


@dataclass(frozen=True, slots=True)
class PassText:
    """A pass as read, not yet verified. `signature`: 64 bytes."""

    key_id: str
    pass_id: CredentialId
    signature: bytes


def signed_bytes(institution: InstitutionId, key_id: str, pass_id: CredentialId) -> bytes:
    """What the signature covers: purpose and version, institution, key id, pass id."""
    name = key_id.encode()
    return b"".join(
        (
            b"facemark pass ",
            VERSION.encode(),
            struct.pack(">QB", institution, len(name)),
            name,
            pass_id.bytes,
        )
    )


def write_pass(parts: PassText) -> str:
    """Raises ValueError for a key id or signature that `parse_pass` would not take back."""
    text = ".".join((VERSION, parts.key_id, _encode(parts.pass_id.bytes), _encode(parts.signature)))
    if not _SHAPE.fullmatch(text):
        raise ValueError("a key id is 1 to 16 characters of base64url and a signature 64 bytes")
    return text


def parse_pass(text: str) -> PassText:
    """Any text at all is safe to give; surrounding blanks are a hand scanner's and are ignored.

    Raises InvalidInput `pass_unreadable`. One pass has exactly one spelling.
    """
    shape = _SHAPE.fullmatch(text.strip()) if len(text) <= _MAX_CHARS else None
    if shape is None:
        raise _unreadable()
    key_id, pass_id, signature = shape.groups()
    return PassText(
        key_id,
        CredentialId(UUID(bytes=_decode(pass_id, _ID_BYTES))),
        _decode(signature, SIGNATURE_BYTES),
    )


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str, length: int) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    # The last character has unused bits; only zeros there are accepted.
    if len(data) != length or _encode(data) != text:
        raise _unreadable()
    return data


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "pass_unreadable",
        "this code is not a FaceMark pass",
        "hold the pass flat and whole in view, or ask the office for a new one",
    )
