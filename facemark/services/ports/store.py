"""The durable store, seen by the use cases: one unit of work per transaction, bound to a tenant.

Repositories take and return frozen domain values. `get_` raises NotFound, `find_` may return None,
`list_` is ordered as its docstring says, `record_` appends a fact. Nothing is visible to others
before `commit()`; leaving the block without it rolls back.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from facemark.domain.accounts import Device
from facemark.domain.attendance import PersonStatus
from facemark.domain.consents import Consent
from facemark.domain.credentials import Credential
from facemark.domain.faces import EngineModel
from facemark.domain.ids import (
    CredentialId,
    DeliveryId,
    DeviceId,
    GroupId,
    InstitutionId,
    MessageId,
    PersonId,
    SessionId,
)
from facemark.domain.notices import Delivery, Message, MessageState, Notice
from facemark.domain.people import (
    Group,
    Guardian,
    Guardianship,
    Institution,
    Membership,
    Person,
    Site,
)
from facemark.domain.scans import Scan, ScanReceipt
from facemark.domain.sessions import Session
from facemark.domain.templates import Template


class PeopleRepository(Protocol):
    def add_people(self, people: Sequence[Person]) -> None:
        """Raises Conflict `person_exists` naming the first external id that is taken."""
        ...

    def get_person(self, external_id: str) -> Person:
        """Raises NotFound `person_unknown`."""
        ...

    def find_people(self, external_ids: Collection[str]) -> dict[str, Person]: ...

    def list_people(self, ids: Collection[PersonId] | None = None) -> list[Person]:
        """All, or those named; by external id."""
        ...

    def add_groups(self, groups: Sequence[Group]) -> None: ...

    def list_groups(self) -> list[Group]:
        """By name."""
        ...

    def add_memberships(self, memberships: Sequence[Membership]) -> None:
        """Also bumps the gallery version."""
        ...

    def list_memberships(self, group_ids: Collection[GroupId], on: date) -> list[Membership]: ...

    def list_memberships_of(self, person_ids: Collection[PersonId], on: date) -> list[Membership]:
        """The same for certain people, in whatever group."""
        ...

    def add_guardians(self, guardians: Sequence[Guardian], links: Sequence[Guardianship]) -> None:
        """Contacts are sealed; a link that exists already is left as it is."""
        ...

    def find_guardian_by_contact(self, contact: str) -> Guardian | None:
        """By phone or e-mail, exactly as given."""
        ...

    def list_guardians(self, person_ids: Collection[PersonId]) -> dict[PersonId, list[Guardian]]:
        """Guardians per person, first to be told first; people without any are left out."""
        ...


class SiteRepository(Protocol):
    def add_site(self, site: Site) -> None: ...

    def list_sites(self) -> list[Site]:
        """By name."""
        ...


class SessionRepository(Protocol):
    def add_session(self, session: Session) -> None:
        """Raises Conflict `session_exists` for the same site, date, name and start."""
        ...

    def get_session(self, session_id: SessionId) -> Session:
        """Raises NotFound `session_unknown`."""
        ...

    def list_sessions(
        self,
        *,
        opens_before: datetime | None = None,
        ends_after: datetime | None = None,
        on_date: date | None = None,
    ) -> list[Session]:
        """Those that satisfy every bound given, by start."""
        ...

    def list_due(self, now: datetime) -> list[Session]:
        """Past their cut-off and not yet settled, by cut-off."""
        ...

    def mark_settled(self, session_id: SessionId, at: datetime) -> None: ...


class ScanRepository(Protocol):
    def record_scans(self, scans: Sequence[Scan], cool_down_s: float) -> list[ScanReceipt]:
        """One receipt per scan, in order. Inserts are decided by the database, not by a look-up."""
        ...

    def list_scans(
        self, person_ids: Collection[PersonId] | None, *, since: datetime, until: datetime
    ) -> list[Scan]:
        """By device time, both bounds included."""
        ...

    def record_presence(self, source: str, from_at: datetime, to_at: datetime) -> None:
        """A capturing source was at work over this interval; saying it again changes nothing."""
        ...

    def was_watched(self, since: datetime, until: datetime) -> bool:
        """Whether any source was at work at some moment of the interval."""
        ...


class StatusRepository(Protocol):
    def write_statuses(self, session: Session, statuses: Sequence[PersonStatus]) -> int:
        """The one way a status is written; maintains the daily rollup in the same transaction.

        Rows equal to the live ones are not written again; differing ones supersede them and stay
        visible. A manual status is never superseded by a rule. Returns how many rows were written.
        """
        ...

    def list_statuses(self, session_id: SessionId) -> list[PersonStatus]:
        """Live ones only."""
        ...


class ConsentRepository(Protocol):
    def record_consent(self, consent: Consent) -> None:
        """Also bumps the gallery version."""
        ...

    def list_consents(self, person_ids: Collection[PersonId] | None = None) -> list[Consent]: ...


class TemplateRepository(Protocol):
    def add_templates(self, templates: Sequence[Template]) -> None:
        """Sealed with institution, person, template and model bound; bumps the gallery version."""
        ...

    def list_templates(
        self, model: EngineModel, person_ids: Collection[PersonId] | None = None
    ) -> list[Template]:
        """Those of exactly this model."""
        ...

    def count_templates(self) -> Mapping[EngineModel, int]: ...

    def delete_templates(self, person_id: PersonId) -> int:
        """How many were destroyed; bumps the gallery version."""
        ...

    def gallery_version(self) -> int: ...


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Public half and sealed-at-rest private half of a pass-signing key (32 raw bytes each)."""

    key_id: str
    public: bytes
    private: bytes = field(repr=False)


class CredentialRepository(Protocol):
    def add_credentials(self, credentials: Sequence[Credential]) -> None: ...

    def find_credential(self, credential_id: CredentialId) -> Credential | None: ...

    def list_credentials(self, person_id: PersonId) -> list[Credential]:
        """Newest first."""
        ...

    def revoke_credential(self, credential_id: CredentialId, at: datetime) -> None: ...

    def add_signing_key(self, key: SigningKey) -> None: ...

    def list_signing_keys(self) -> list[SigningKey]:
        """Newest first; the first one signs, all verify."""
        ...


class DeviceRepository(Protocol):
    def add_device(self, device: Device) -> None: ...

    def get_device(self, device_id: DeviceId) -> Device:
        """Raises NotFound `device_unknown`."""
        ...

    def find_by_token(self, token_hash: bytes) -> Device | None: ...

    def list_devices(self) -> list[Device]:
        """By name, the newest first among those that share one."""
        ...

    def replace_token(self, device_id: DeviceId, old_hash: bytes, new_hash: bytes) -> bool:
        """False when the old one is not valid any more; of two at once one succeeds."""
        ...

    def revoke_device(self, device_id: DeviceId, at: datetime) -> None:
        """The time of the first revocation stays."""
        ...


class NoticeRepository(Protocol):
    def add_notices(self, notices: Sequence[Notice]) -> list[Notice]:
        """The ones that were new by (kind, person, date, guardian), as the database saw it."""
        ...

    def add_messages(self, messages: Sequence[Message]) -> None: ...

    def list_messages(
        self, *, states: Collection[MessageState] | None = None, limit: int | None = None
    ) -> list[Message]:
        """Newest last."""
        ...

    def list_notice_people(
        self, message_ids: Collection[MessageId]
    ) -> dict[MessageId, list[PersonId]]:
        """Whom each message is about."""
        ...

    def claim_messages(
        self, now: datetime, *, lease_s: float, limit: int, worker: str
    ) -> list[Message]:
        """Queued and due messages, now leased to `worker` in state sending; nobody else gets them.

        A message whose lease ran out without an outcome is claimed again.
        """
        ...

    def expire_messages(self, now: datetime) -> int: ...

    def start_delivery(self, delivery: Delivery) -> None: ...

    def finish_delivery(
        self, delivery_id: DeliveryId, outcome: Delivery, state: MessageState
    ) -> None: ...

    def list_deliveries(self, message_id: MessageId) -> list[Delivery]:
        """By attempt."""
        ...


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """Who did what to which thing; opaque ids only, never names or values."""

    at: datetime
    actor: str
    action: str
    subject: str


class AuditRepository(Protocol):
    def record_audit(self, events: Sequence[AuditEvent]) -> None: ...

    def list_audit(self, limit: int) -> list[AuditEvent]:
        """Newest first."""
        ...


class UnitOfWork(Protocol):
    """One transaction in one institution."""

    @property
    def institution(self) -> Institution: ...
    @property
    def sites(self) -> SiteRepository: ...
    @property
    def people(self) -> PeopleRepository: ...
    @property
    def sessions(self) -> SessionRepository: ...
    @property
    def scans(self) -> ScanRepository: ...
    @property
    def statuses(self) -> StatusRepository: ...
    @property
    def consents(self) -> ConsentRepository: ...
    @property
    def templates(self) -> TemplateRepository: ...
    @property
    def credentials(self) -> CredentialRepository: ...
    @property
    def devices(self) -> DeviceRepository: ...
    @property
    def notices(self) -> NoticeRepository: ...
    @property
    def audit(self) -> AuditRepository: ...

    def commit(self) -> None: ...


class Store(Protocol):
    """Opens units of work; the institution is bound at creation and never switched."""

    def read(self, institution: InstitutionId) -> AbstractContextManager[UnitOfWork]:
        """For queries: never waits for a writer; a write in it fails."""
        ...

    def write(self, institution: InstitutionId) -> AbstractContextManager[UnitOfWork]: ...

    def create_institution(self, draft: Institution) -> Institution:
        """Stores it with its first data key and returns it with its id; `draft.id` is ignored."""
        ...

    def list_institutions(self) -> list[Institution]:
        """By id."""
        ...
