"""The store on SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Engine, insert, select

from facemark.adapters.db.bulk import insert_rows
from facemark.adapters.db.engine import open_engines, parse_url
from facemark.adapters.db.errors import coded_errors, refused_writes
from facemark.adapters.db.models import DataKeyRow, GalleryVersionRow, InstitutionRow
from facemark.adapters.db.repositories.audit import SqlAudit
from facemark.adapters.db.repositories.consents import SqlConsents
from facemark.adapters.db.repositories.credentials import SqlCredentials
from facemark.adapters.db.repositories.devices import SqlDevices
from facemark.adapters.db.repositories.notices import SqlNotices
from facemark.adapters.db.repositories.people import SqlPeople
from facemark.adapters.db.repositories.scans import SqlScans
from facemark.adapters.db.repositories.sessions import SqlSessions
from facemark.adapters.db.repositories.sites import SqlSites
from facemark.adapters.db.repositories.statuses import SqlStatuses
from facemark.adapters.db.repositories.templates import SqlTemplates
from facemark.adapters.db.scopes import (
    PlatformSession,
    TenantSession,
    platform_session,
    tenant_session,
)
from facemark.adapters.db.vault import SealerCache, Vault
from facemark.domain.errors import NotFound
from facemark.domain.ids import InstitutionId
from facemark.domain.people import Institution
from facemark.services.ports.keys import KeyRing


class SqlUnitOfWork:
    def __init__(self, session: TenantSession, institution: Institution, vault: Vault) -> None:
        self._session = session
        self.institution = institution
        self.sites = SqlSites(session)
        self.people = SqlPeople(session, vault)
        self.sessions = SqlSessions(session)
        self.scans = SqlScans(session)
        self.statuses = SqlStatuses(session)
        self.consents = SqlConsents(session)
        self.templates = SqlTemplates(session, vault)
        self.credentials = SqlCredentials(session, vault)
        self.devices = SqlDevices(session)
        self.notices = SqlNotices(session, vault)
        self.audit = SqlAudit(session)

    def commit(self) -> None:
        self._session.commit()


class SqlStore:
    """Threads may share it; each unit of work belongs to one thread."""

    def __init__(self, url: str, keys: KeyRing) -> None:
        self.engines = open_engines(parse_url(url))
        self._keys = keys
        self._sealers = SealerCache(keys)

    def close(self) -> None:
        self.engines.dispose()

    @contextmanager
    def read(self, institution: InstitutionId) -> Iterator[SqlUnitOfWork]:
        with coded_errors(), refused_writes(), self._unit(self.engines.read, institution) as unit:
            yield unit

    @contextmanager
    def write(self, institution: InstitutionId) -> Iterator[SqlUnitOfWork]:
        with coded_errors(), self._unit(self.engines.write, institution) as unit:
            yield unit

    def create_institution(self, draft: Institution) -> Institution:
        """Two sessions on one transaction: the row is the platform's, what hangs from it is not."""
        with coded_errors(), self.engines.write.begin() as connection:
            with platform_session(connection) as platform:
                institution = _add_institution(platform, draft)
            with tenant_session(connection, institution.id) as session:
                self._add_firsts(session)
        return institution

    def list_institutions(self) -> list[Institution]:
        with coded_errors(), platform_session(self.engines.read) as session:
            rows = session.scalars(select(InstitutionRow).order_by(InstitutionRow.id))
            return [_build_institution(row) for row in rows]

    @contextmanager
    def _unit(self, engine: Engine, institution: InstitutionId) -> Iterator[SqlUnitOfWork]:
        with tenant_session(engine, institution) as session:
            vault = Vault(session, self._sealers)
            yield SqlUnitOfWork(session, _get_institution(session), vault)

    def _add_firsts(self, session: TenantSession) -> None:
        key = self._keys.create_key(session.institution, key_id=1)
        row = {
            "key_id": key.key_id,
            "master_key_id": key.master_key_id,
            "wrapped": key.wrapped,
        }
        insert_rows(session, DataKeyRow, [row])
        insert_rows(session, GalleryVersionRow, [{"version": 0}])


def _add_institution(session: PlatformSession, draft: Institution) -> Institution:
    row = {
        "name": draft.name,
        "kind": draft.kind,
        "language": draft.language,
        "hold_min": draft.hold_min,
    }
    statement = insert(InstitutionRow).returning(InstitutionRow.id)
    return replace(draft, id=session.execute(statement, [row]).scalar_one())


def _get_institution(session: TenantSession) -> Institution:
    statement = select(InstitutionRow).where(InstitutionRow.id == session.institution)
    row = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFound(
            "institution_unknown",
            f"there is no institution {session.institution}",
            "list the institutions to see which there are",
        )
    return _build_institution(row)


def _build_institution(row: InstitutionRow) -> Institution:
    return Institution(row.id, row.name, row.kind, row.language, row.hold_min)
