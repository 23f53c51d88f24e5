"""Envelope encryption: the master key wraps one data key per institution, which seals the values.

Everything is AES-256-GCM with random 96-bit nonces (NIST SP 800-38D allows 2^32 of them per key).
"""

import hmac
import os
import struct
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from facemark.adapters.keys.master import MasterKey
from facemark.domain.errors import Unavailable
from facemark.domain.ids import InstitutionId
from facemark.services.ports.keys import WrappedKey

_FORMAT = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEADER = struct.Struct(">BI")
_BODY_AT = _HEADER.size + _NONCE_BYTES
_SMALLEST_BLOB = _BODY_AT + _TAG_BYTES


class MasterKeyRing:
    def __init__(self, master: MasterKey) -> None:
        self._master_key_id = master.key_id
        self._cipher = AESGCM(master.secret)

    def create_key(self, institution: InstitutionId, *, key_id: int) -> WrappedKey:
        nonce = os.urandom(_NONCE_BYTES)
        data_key = AESGCM.generate_key(bit_length=8 * _KEY_BYTES)
        sealed = self._cipher.encrypt(nonce, data_key, _wrap_context(institution, key_id))
        return WrappedKey(key_id, self._master_key_id, nonce + sealed)

    def build_sealer(self, institution: InstitutionId, keys: Sequence[WrappedKey]) -> "AesSealer":
        """Raises Unavailable: `master_key_mismatch` when the keys were wrapped by another master
        key, `data_key_missing` when there are none, `sealed_data_unreadable` when they are damaged
        or belong to another institution.
        """
        if not keys:
            raise Unavailable(
                "data_key_missing",
                f"institution {institution} has no data key",
                "restore the database from a backup that has it",
            )
        return AesSealer(institution, {k.key_id: self._unwrap(institution, k) for k in keys})

    def _unwrap(self, institution: InstitutionId, key: WrappedKey) -> bytes:
        if key.master_key_id != self._master_key_id:
            raise Unavailable(
                "master_key_mismatch",
                f"the data was sealed under master key {key.master_key_id}, "
                f"but this one is {self._master_key_id}",
                "put back the master key that belongs to this database",
            )
        nonce, body = key.wrapped[:_NONCE_BYTES], key.wrapped[_NONCE_BYTES:]
        if len(body) != _KEY_BYTES + _TAG_BYTES:
            raise _unreadable()
        try:
            return self._cipher.decrypt(nonce, body, _wrap_context(institution, key.key_id))
        except InvalidTag as error:
            raise _unreadable() from error


class AesSealer:
    """Blob: format (1 byte), key id (4), nonce (12), ciphertext and tag. Safe to share by threads.

    The header, the institution and the caller's context are authenticated, so a blob moved to
    another row, person or tenant does not open. The newest key seals, every key opens.
    """

    def __init__(self, institution: InstitutionId, keys: dict[int, bytes]) -> None:
        self._tenant = struct.pack(">Q", institution)
        self._ciphers = {key_id: AESGCM(secret) for key_id, secret in keys.items()}
        self._newest = max(keys)
        # From the first key, so that what was stored before a rotation is still found after it.
        self._lookup_key = _derive_lookup_key(keys[min(keys)], self._tenant)

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        header = _HEADER.pack(_FORMAT, self._newest)
        nonce = os.urandom(_NONCE_BYTES)
        bound = self._bind(header, context)
        return header + nonce + self._ciphers[self._newest].encrypt(nonce, plaintext, bound)

    def open(self, blob: bytes, *, context: bytes) -> bytes:
        if len(blob) < _SMALLEST_BLOB:
            raise _unreadable()
        header = blob[: _HEADER.size]
        version, key_id = _HEADER.unpack(header)
        cipher = self._ciphers.get(key_id)
        if version != _FORMAT or cipher is None:
            raise _unreadable()
        try:
            return cipher.decrypt(
                blob[_HEADER.size : _BODY_AT], blob[_BODY_AT:], self._bind(header, context)
            )
        except InvalidTag as error:
            raise _unreadable() from error

    def lookup_hash(self, value: str) -> bytes:
        """HMAC-SHA256; the caller brings `value` into its one canonical form first."""
        return hmac.digest(self._lookup_key, value.encode(), "sha256")

    def _bind(self, header: bytes, context: bytes) -> bytes:
        return header + self._tenant + struct.pack(">I", len(context)) + context


def _wrap_context(institution: InstitutionId, key_id: int) -> bytes:
    return b"facemark data key" + struct.pack(">QI", institution, key_id)


def _derive_lookup_key(data_key: bytes, tenant: bytes) -> bytes:
    return HKDF(
        algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=b"facemark lookup" + tenant
    ).derive(data_key)


def _unreadable() -> Unavailable:
    return Unavailable(
        "sealed_data_unreadable",
        "a sealed value does not open: it was altered, moved, or sealed with another key",
        "restore the database together with the key file of the same backup",
    )
