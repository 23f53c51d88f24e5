"""The surroundings of a use case: which institution, on whose behalf, by which clock."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from facemark.domain.ids import InstitutionId
from facemark.services.ports.store import AuditEvent, Store, UnitOfWork
from facemark.services.ports.time import Clock


@dataclass(frozen=True, slots=True)
class Tenant:
    """One institution, bound for good. `actor` is an opaque name for the audit log."""

    store: Store
    institution: InstitutionId
    clock: Clock
    actor: str

    def read(self) -> AbstractContextManager[UnitOfWork]:
        return self.store.read(self.institution)

    def write(self) -> AbstractContextManager[UnitOfWork]:
        return self.store.write(self.institution)

    def audit(self, uow: UnitOfWork, action: str, subject: object) -> None:
        uow.audit.record_audit([AuditEvent(self.clock.now(), self.actor, action, str(subject))])
