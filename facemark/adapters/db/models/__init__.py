"""Every mapped class; importing this package completes `Base.metadata`."""

from facemark.adapters.db.base import Base
from facemark.adapters.db.models.accounts import AccountRow, DeviceRow
from facemark.adapters.db.models.audit import AuditEventRow
from facemark.adapters.db.models.consents import ConsentRow
from facemark.adapters.db.models.credentials import CredentialRow, SigningKeyRow
from facemark.adapters.db.models.institutions import (
    AccessKind,
    AccessRow,
    DataKeyRow,
    GalleryVersionRow,
    InstitutionRow,
)
from facemark.adapters.db.models.notices import (
    DeliveryRow,
    MessageNoticeRow,
    MessageRow,
    NoticeRow,
)
from facemark.adapters.db.models.people import (
    GroupRow,
    GuardianRow,
    GuardianshipRow,
    MembershipRow,
    PersonRow,
    SiteRow,
)
from facemark.adapters.db.models.scans import PresenceRow, ScanRow
from facemark.adapters.db.models.sessions import SessionGroupRow, SessionRow
from facemark.adapters.db.models.statuses import DailyRollupRow, StatusRow
from facemark.adapters.db.models.templates import TemplateRow

__all__ = [
    "AccessKind",
    "AccessRow",
    "AccountRow",
    "AuditEventRow",
    "Base",
    "ConsentRow",
    "CredentialRow",
    "DailyRollupRow",
    "DataKeyRow",
    "DeliveryRow",
    "DeviceRow",
    "GalleryVersionRow",
    "GroupRow",
    "GuardianRow",
    "GuardianshipRow",
    "InstitutionRow",
    "MembershipRow",
    "MessageNoticeRow",
    "MessageRow",
    "NoticeRow",
    "PersonRow",
    "PresenceRow",
    "ScanRow",
    "SessionGroupRow",
    "SessionRow",
    "SigningKeyRow",
    "SiteRow",
    "StatusRow",
    "TemplateRow",
]
