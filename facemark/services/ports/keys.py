"""Ports to the keys that seal what must not be readable from a stolen database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from facemark.domain.ids import InstitutionId


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """An institution's data key, encrypted under the master key named `master_key_id`.

    Safe to store beside the data. The newest key seals; older ones still open.
    """

    key_id: int
    master_key_id: str
    wrapped: bytes


class Sealer(Protocol):
    """Authenticated encryption for one institution."""

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        """A blob: version, key id, nonce, ciphertext. `context` is bound, not stored."""
        ...

    def open(self, blob: bytes, *, context: bytes) -> bytes:
        """Raises Unavailable `sealed_data_unreadable` if key, context or bytes do not fit."""
        ...

    def lookup_hash(self, value: str) -> bytes:
        """32 bytes by which a sealed value (phone, e-mail, PIN) can be found again."""
        ...


class KeyRing(Protocol):
    """Holds the master key; makes and opens institutions' data keys."""

    def create_key(self, institution: InstitutionId, *, key_id: int) -> WrappedKey: ...

    def build_sealer(self, institution: InstitutionId, keys: Sequence[WrappedKey]) -> Sealer:
        """Raises Unavailable `master_key_mismatch` when the keys were wrapped by another one."""
        ...
