"""What is sealed before it reaches a column, and the bytes that tie it to its row."""

from threading import Lock
from uuid import UUID

from sqlalchemy import select

from facemark.adapters.db.models import DataKeyRow
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.errors import Unavailable
from facemark.domain.ids import InstitutionId
from facemark.services.ports.keys import KeyRing, Sealer, WrappedKey


class SealerCache:
    """Sealers by institution, shared by threads. Unwrapping a key is work worth doing once."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys
        self._sealers: dict[InstitutionId, tuple[frozenset[int], Sealer]] = {}
        self._lock = Lock()

    def get(self, session: TenantSession) -> Sealer:
        with self._lock:
            known = self._sealers.get(session.institution)
        return known[1] if known else self._load(session)[1]

    def reload(self, session: TenantSession) -> Sealer | None:
        """A sealer with keys that the cached one lacks; None if it lacks none."""
        with self._lock:
            known = self._sealers.get(session.institution)
        key_ids, sealer = self._load(session)
        return None if known and known[0] == key_ids else sealer

    def _load(self, session: TenantSession) -> tuple[frozenset[int], Sealer]:
        rows = session.scalars(select(DataKeyRow).order_by(DataKeyRow.key_id))
        keys = [WrappedKey(r.key_id, r.master_key_id, r.wrapped) for r in rows]
        sealer = self._keys.build_sealer(session.institution, keys)
        loaded = frozenset(k.key_id for k in keys), sealer
        with self._lock:
            self._sealers[session.institution] = loaded
        return loaded


class Vault:
    """Seals and opens for one unit of work; `fields` name the row and column a value lives in."""

    def __init__(self, session: TenantSession, cache: SealerCache) -> None:
        self._session = session
        self._cache = cache

    def seal(self, plaintext: bytes, *fields: UUID | str) -> bytes:
        sealer = self._cache.get(self._session)
        return sealer.seal(plaintext, context=self._context(fields))

    def open(self, blob: bytes, *fields: UUID | str) -> bytes:
        """Another process may have added a key since this one cached them."""
        context = self._context(fields)
        try:
            return self._cache.get(self._session).open(blob, context=context)
        except Unavailable:
            fresh = self._cache.reload(self._session)
            if fresh is None:
                raise
            return fresh.open(blob, context=context)

    def lookup_hash(self, value: str) -> bytes:
        return self._cache.get(self._session).lookup_hash(value)

    def _context(self, fields: tuple[UUID | str, ...]) -> bytes:
        return build_context(self._session.institution, *fields)


def build_context(institution: InstitutionId, *fields: UUID | str) -> bytes:
    """Each field with its length in front, so that no two lists of fields give the same bytes."""
    parts = [f.bytes if isinstance(f, UUID) else f.encode() for f in fields]
    return institution.to_bytes(8, "big") + b"".join(
        len(part).to_bytes(4, "big") + part for part in parts
    )
