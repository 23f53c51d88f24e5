"""Institutions, and in each: people, guardians, accounts, devices, the audit log."""

import sqlalchemy as sa
from alembic import op

from facemark.adapters.db.migrations.protection import (
    APPEND,
    choice,
    create_app_role,
    protect,
    protect_control,
)
from facemark.adapters.db.types import UtcDateTime, Uuid16

revision = "20261122_1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_app_role()
    _create_control()
    _create_people()
    _create_guardians()
    _create_accounts()


def downgrade() -> None:
    for table in (
        "audit_event",
        "device",
        "account",
        "guardianship",
        "guardian",
        "membership",
        "person",
        "group",
        "site",
        "gallery_version",
        "data_key",
        "access_index",
        "institution",
    ):
        op.drop_table(table)


def _create_control() -> None:
    op.create_table(
        "institution",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", choice("kind", "school", "company"), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("hold_min", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sqlite_autoincrement=True,
    )
    protect_control("institution", key="id")
    op.create_table(
        "access_index",
        sa.Column("kind", choice("kind", "login", "device"), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", Uuid16(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_access_index_institution")
        ),
        sa.PrimaryKeyConstraint("kind", "key_hash", name=op.f("pk_access_index")),
    )
    op.create_index(op.f("ix_access_index_institution_id"), "access_index", ["institution_id"])
    protect_control("access_index")
    op.create_table(
        "data_key",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("master_key_id", sa.String(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_data_key_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "key_id", name=op.f("pk_data_key")),
    )
    protect("data_key")
    op.create_table(
        "gallery_version",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_gallery_version_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", name=op.f("pk_gallery_version")),
    )
    protect("gallery_version")


def _create_people() -> None:
    op.create_table(
        "site",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_site_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_site")),
        sa.UniqueConstraint("institution_id", "name", name=op.f("uq_site_institution_id_name")),
    )
    protect("site")
    op.create_table(
        "group",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_group_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_group")),
        sa.UniqueConstraint("institution_id", "name", name=op.f("uq_group_institution_id_name")),
    )
    protect("group")
    op.create_table(
        "person",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("legal_name", sa.String(), nullable=False),
        sa.Column("greeting_name", sa.String(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_person_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint(
            "institution_id", "external_id", name=op.f("uq_person_institution_id_external_id")
        ),
    )
    protect("person")
    op.create_table(
        "membership",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("group_id", Uuid16(), nullable=False),
        sa.Column("person_id", Uuid16(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date()),
        sa.ForeignKeyConstraint(
            ["institution_id", "group_id"],
            ["group.institution_id", "group.id"],
            name=op.f("fk_membership_group"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "person_id"],
            ["person.institution_id", "person.id"],
            name=op.f("fk_membership_person"),
        ),
        sa.PrimaryKeyConstraint(
            "institution_id", "group_id", "person_id", "from_on", name=op.f("pk_membership")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_membership_institution_id_person_id"),
        "membership",
        ["institution_id", "person_id"],
    )
    protect("membership")


def _create_guardians() -> None:
    op.create_table(
        "guardian",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary()),
        sa.Column("email_sealed", sa.LargeBinary()),
        sa.Column("phone_hash", sa.LargeBinary()),
        sa.Column("email_hash", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_guardian_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_guardian")),
    )
    op.create_index(
        op.f("ix_guardian_institution_id_email_hash"), "guardian", ["institution_id", "email_hash"]
    )
    op.create_index(
        op.f("ix_guardian_institution_id_phone_hash"), "guardian", ["institution_id", "phone_hash"]
    )
    protect("guardian")
    op.create_table(
        "guardianship",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("person_id", Uuid16(), nullable=False),
        sa.Column("guardian_id", Uuid16(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "guardian_id"],
            ["guardian.institution_id", "guardian.id"],
            name=op.f("fk_guardianship_guardian"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "person_id"],
            ["person.institution_id", "person.id"],
            name=op.f("fk_guardianship_person"),
        ),
        sa.PrimaryKeyConstraint(
            "institution_id", "person_id", "guardian_id", name=op.f("pk_guardianship")
        ),
        sqlite_with_rowid=False,
    )
    protect("guardianship")


def _create_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column(
            "role",
            choice("role", "owner", "admin", "officer", "teacher", "guardian", "person"),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String()),
        sa.Column("disabled_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_account_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_account")),
        sa.UniqueConstraint(
            "institution_id", "login", name=op.f("uq_account_institution_id_login")
        ),
    )
    protect("account")
    op.create_table(
        "device",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("site_id", Uuid16(), nullable=False),
        sa.Column("direction", choice("direction", "in", "out", "unknown"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("revoked_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["institution_id", "site_id"],
            ["site.institution_id", "site.id"],
            name=op.f("fk_device_site"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_device")),
        sa.UniqueConstraint(
            "institution_id", "token_hash", name=op.f("uq_device_institution_id_token_hash")
        ),
    )
    protect("device")
    op.create_table(
        "audit_event",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_audit_event_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_audit_event")),
    )
    op.create_index(
        op.f("ix_audit_event_institution_id_at_id"), "audit_event", ["institution_id", "at", "id"]
    )
    protect("audit_event", rights=APPEND)
