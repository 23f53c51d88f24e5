"""An institution with at least one row in every table."""

from uuid import uuid4

from sqlalchemy import insert

from facemark.adapters.db.bulk import insert_rows
from facemark.adapters.db.models import AccessKind, AccessRow, AccountRow, DeviceRow
from facemark.adapters.db.scopes import platform_session, tenant_session
from facemark.adapters.db.store import SqlStore
from facemark.domain.accounts import Role
from facemark.domain.consents import ConsentAnswer
from facemark.domain.people import Institution
from facemark.domain.scans import Direction
from facemark.services.ports.store import AuditEvent, SigningKey
from facemark.testing.cast import ALICE, GATE, SCHOOL, SCHOOL_DAY, at, cast_id, found_school
from tests.contracts.test_credentials import issue
from tests.contracts.test_faces import consent, template
from tests.contracts.test_notices import attempt, message, notice
from tests.contracts.test_scans import COOL_DOWN_S, scan
from tests.contracts.test_statuses import ABSENT, by_rule


def found_full_school(store: SqlStore, draft: Institution = SCHOOL) -> Institution:
    institution = found_school(store, draft)
    owed = notice()
    told = message(notices=(owed.id,))
    with store.write(institution.id) as uow:
        uow.scans.record_scans([scan()], COOL_DOWN_S)
        uow.scans.record_presence("gate", at(8), at(9))
        uow.statuses.write_statuses(SCHOOL_DAY, [by_rule(ALICE.id, ABSENT)])
        uow.consents.record_consent(consent(ALICE.id, ConsentAnswer.GRANTED, 8))
        uow.templates.add_templates([template(ALICE.id)])
        uow.credentials.add_credentials([issue(8)])
        uow.credentials.add_signing_key(SigningKey("k1", b"p" * 32, b"s" * 32))
        uow.notices.add_notices([owed])
        uow.notices.add_messages([told])
        uow.notices.start_delivery(attempt(told))
        uow.audit.record_audit([AuditEvent(at(9), "cli", "tested", "1")])
        uow.commit()
    _add_account_and_device(store, institution)
    return institution


def _add_account_and_device(store: SqlStore, institution: Institution) -> None:
    account = {"id": uuid4(), "login": "officer", "role": Role.OFFICER}
    device = {
        "id": cast_id("kiosk"),
        "name": "Kiosk",
        "site_id": GATE.id,
        "direction": Direction.IN,
        "token_hash": b"t" * 32,
    }
    access = {
        "kind": AccessKind.LOGIN,
        "key_hash": uuid4().bytes * 2,
        "institution_id": institution.id,
        "subject_id": account["id"],
    }
    with tenant_session(store.engines.write, institution.id) as session:
        insert_rows(session, AccountRow, [account])
        insert_rows(session, DeviceRow, [device])
        session.commit()
    with platform_session(store.engines.write) as session:
        session.execute(insert(AccessRow), [access])
        session.commit()
