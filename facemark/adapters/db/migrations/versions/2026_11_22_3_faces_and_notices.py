"""Consents, templates, credentials; notices, messages, deliveries."""

import sqlalchemy as sa
from alembic import op

from facemark.adapters.db.migrations.protection import APPEND, choice, protect
from facemark.adapters.db.types import UtcDateTime, Uuid16

revision = "20261122_3"
down_revision = "20261122_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_faces()
    _create_credentials()
    _create_notices()
    _create_messages()


def downgrade() -> None:
    for table in (
        "delivery",
        "message_notice",
        "message",
        "notice",
        "signing_key",
        "credential",
        "template",
        "consent",
    ):
        op.drop_table(table)


def _create_faces() -> None:
    op.create_table(
        "consent",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("person_id", Uuid16(), nullable=False),
        sa.Column(
            "purpose", choice("purpose", "face", "snapshot", "display_photo"), nullable=False
        ),
        sa.Column("answer", choice("answer", "granted", "refused", "withdrawn"), nullable=False),
        sa.Column("party", choice("party", "person", "guardian"), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["institution_id", "person_id"],
            ["person.institution_id", "person.id"],
            name=op.f("fk_consent_person"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_consent")),
    )
    op.create_index(
        op.f("ix_consent_institution_id_person_id"), "consent", ["institution_id", "person_id"]
    )
    protect("consent", rights=APPEND)
    op.create_table(
        "template",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("person_id", Uuid16(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("model_hash", sa.String(), nullable=False),
        sa.Column("dimensions", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "person_id"],
            ["person.institution_id", "person.id"],
            name=op.f("fk_template_person"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_template")),
    )
    op.create_index(
        op.f("ix_template_institution_id_person_id"), "template", ["institution_id", "person_id"]
    )
    protect("template")


def _create_credentials() -> None:
    op.create_table(
        "credential",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("person_id", Uuid16(), nullable=False),
        sa.Column("kind", choice("kind", "pass", "pin", "card"), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary()),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime()),
        sa.Column("revoked_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["institution_id", "person_id"],
            ["person.institution_id", "person.id"],
            name=op.f("fk_credential_person"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_credential")),
        sa.UniqueConstraint(
            "institution_id",
            "kind",
            "secret_hash",
            name=op.f("uq_credential_institution_id_kind_secret_hash"),
        ),
    )
    op.create_index(
        op.f("ix_credential_institution_id_person_id"),
        "credential",
        ["institution_id", "person_id"],
    )
    protect("credential")
    op.create_table(
        "signing_key",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_signing_key_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint(
            "institution_id", "key_id", name=op.f("uq_signing_key_institution_id_key_id")
        ),
    )
    protect("signing_key")


def _create_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("kind", choice("kind", "absence"), nullable=False),
        sa.Column(
            "category",
            choice("category", "general", "medical", "disciplinary", "holiday"),
            nullable=False,
        ),
        sa.Column("person_id", Uuid16(), nullable=False),
        sa.Column("guardian_id", Uuid16(), nullable=False),
        sa.Column("session_id", Uuid16(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("useful_until_at", UtcDateTime(), nullable=False),
        sa.Column("state", choice("state", "pending", "cancelled"), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "guardian_id"],
            ["guardian.institution_id", "guardian.id"],
            name=op.f("fk_notice_guardian"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "person_id"],
            ["person.institution_id", "person.id"],
            name=op.f("fk_notice_person"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "session_id"],
            ["session.institution_id", "session.id"],
            name=op.f("fk_notice_session"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_notice")),
        sa.UniqueConstraint(
            "institution_id",
            "kind",
            "person_id",
            "on_date",
            "guardian_id",
            name=op.f("uq_notice_institution_id_kind_person_id_on_date_guardian_id"),
        ),
    )
    protect("notice")


def _create_messages() -> None:
    op.create_table(
        "message",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("guardian_id", Uuid16(), nullable=False),
        sa.Column(
            "channel", choice("channel", "sms", "email", "webhook", "console"), nullable=False
        ),
        sa.Column("to_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("text_sealed", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            choice(
                "state",
                "queued",
                "sending",
                "sent",
                "delivered",
                "failed",
                "undelivered",
                "expired",
                "cancelled",
            ),
            nullable=False,
        ),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("send_after_at", UtcDateTime(), nullable=False),
        sa.Column("useful_until_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("leased_by", sa.String()),
        sa.ForeignKeyConstraint(
            ["institution_id", "guardian_id"],
            ["guardian.institution_id", "guardian.id"],
            name=op.f("fk_message_guardian"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_message")),
    )
    op.create_index(
        op.f("ix_message_institution_id_created_at"), "message", ["institution_id", "created_at"]
    )
    op.create_index(
        op.f("ix_message_institution_id_state_send_after_at"),
        "message",
        ["institution_id", "state", "send_after_at"],
    )
    protect("message")
    op.create_table(
        "message_notice",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("message_id", Uuid16(), nullable=False),
        sa.Column("notice_id", Uuid16(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "message_id"],
            ["message.institution_id", "message.id"],
            name=op.f("fk_message_notice_message"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "notice_id"],
            ["notice.institution_id", "notice.id"],
            name=op.f("fk_message_notice_notice"),
        ),
        sa.PrimaryKeyConstraint(
            "institution_id", "message_id", "notice_id", name=op.f("pk_message_notice")
        ),
        sqlite_with_rowid=False,
    )
    protect("message_notice")
    op.create_table(
        "delivery",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("message_id", Uuid16(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime()),
        sa.Column("provider_reference", sa.String()),
        sa.Column("error_code", sa.String()),
        sa.ForeignKeyConstraint(
            ["institution_id", "message_id"],
            ["message.institution_id", "message.id"],
            name=op.f("fk_delivery_message"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "institution_id",
            "message_id",
            "attempt",
            name=op.f("uq_delivery_institution_id_message_id_attempt"),
        ),
    )
    protect("delivery")
