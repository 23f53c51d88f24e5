"""Sessions, scans and statuses."""

import sqlalchemy as sa
from alembic import op

from facemark.adapters.db.migrations.protection import APPEND, choice, protect, show_to_platform
from facemark.adapters.db.types import StringMap, UtcDateTime, Uuid16

revision = "20261122_2"
down_revision = "20261122_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_sessions()
    _create_scans()
    _create_statuses()


def downgrade() -> None:
    for table in ("daily_rollup", "status", "presence", "scan", "session_group", "session"):
        op.drop_table(table)


def _create_sessions() -> None:
    op.create_table(
        "session",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("site_id", Uuid16(), nullable=False),
        sa.Column("schedule_id", Uuid16()),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("starts_local", sa.Time(), nullable=False),
        sa.Column("ends_local", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("early_open_min", sa.Integer(), nullable=False),
        sa.Column("grace_min", sa.Integer(), nullable=False),
        sa.Column("cut_off_min", sa.Integer(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("cut_off_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime()),
        sa.CheckConstraint("cut_off_at <= ends_at", name=op.f("ck_session_ends_last")),
        sa.CheckConstraint(
            "opens_at <= starts_at AND starts_at <= cut_off_at", name=op.f("ck_session_opens_first")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "site_id"],
            ["site.institution_id", "site.id"],
            name=op.f("fk_session_site"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_session")),
        sa.UniqueConstraint(
            "institution_id",
            "site_id",
            "on_date",
            "name",
            "starts_local",
            name=op.f("uq_session_institution_id_site_id_on_date_name_starts_local"),
        ),
    )
    op.create_index(
        "ix_session_due",
        "session",
        ["institution_id", "cut_off_at"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        op.f("ix_session_institution_id_ends_at"), "session", ["institution_id", "ends_at"]
    )
    op.create_index(
        op.f("ix_session_institution_id_on_date"), "session", ["institution_id", "on_date"]
    )
    protect("session")
    op.create_table(
        "session_group",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("session_id", Uuid16(), nullable=False),
        sa.Column("group_id", Uuid16(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "group_id"],
            ["group.institution_id", "group.id"],
            name=op.f("fk_session_group_group"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "session_id"],
            ["session.institution_id", "session.id"],
            name=op.f("fk_session_group_session"),
        ),
        sa.PrimaryKeyConstraint(
            "institution_id", "session_id", "group_id", name=op.f("pk_session_group")
        ),
        sqlite_with_rowid=False,
    )
    protect("session_group")


def _create_scans() -> None:
    op.create_table(
        "scan",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("person_id", Uuid16(), nullable=False),
        sa.Column(
            "method", choice("method", "face", "pass", "pin", "manual", "import"), nullable=False
        ),
        sa.Column("direction", choice("direction", "in", "out", "unknown"), nullable=False),
        sa.Column("device_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("device_id", Uuid16()),
        sa.Column("sequence", sa.Integer()),
        sa.Column("similarity", sa.Double()),
        sa.Column("threshold", sa.Double()),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("earlier_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["institution_id", "device_id"],
            ["device.institution_id", "device.id"],
            name=op.f("fk_scan_device"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "person_id"],
            ["person.institution_id", "person.id"],
            name=op.f("fk_scan_person"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_scan")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_scan_institution_id_device_at"), "scan", ["institution_id", "device_at"]
    )
    op.create_index(
        op.f("ix_scan_institution_id_person_id_device_at"),
        "scan",
        ["institution_id", "person_id", "device_at"],
    )
    protect("scan", rights=APPEND)
    op.create_table(
        "presence",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("to_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("from_at <= to_at", name=op.f("ck_presence_forwards")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_presence_institution")
        ),
        sa.PrimaryKeyConstraint("institution_id", "source", "from_at", name=op.f("pk_presence")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_presence_institution_id_to_at"), "presence", ["institution_id", "to_at"]
    )
    protect("presence")


def _create_statuses() -> None:
    op.create_table(
        "status",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", Uuid16(), nullable=False),
        sa.Column("session_id", Uuid16(), nullable=False),
        sa.Column("person_id", Uuid16(), nullable=False),
        sa.Column("group_id", Uuid16()),
        sa.Column("source", choice("source", "rule", "manual"), nullable=False),
        sa.Column(
            "status",
            choice(
                "status",
                "expected",
                "present",
                "late",
                "left_early",
                "half_day",
                "absent",
                "excused",
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String()),
        sa.Column(
            "reason",
            choice(
                "reason",
                "not_seen_yet",
                "on_time",
                "within_grace",
                "after_grace",
                "not_seen_by_cut_off",
                "corrected",
            ),
            nullable=False,
        ),
        sa.Column("parameters", StringMap(), nullable=False),
        sa.Column("seen_at", UtcDateTime()),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("superseded_at", UtcDateTime()),
        sa.ForeignKeyConstraint(
            ["institution_id", "group_id"],
            ["group.institution_id", "group.id"],
            name=op.f("fk_status_group"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "person_id"],
            ["person.institution_id", "person.id"],
            name=op.f("fk_status_person"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "session_id"],
            ["session.institution_id", "session.id"],
            name=op.f("fk_status_session"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_status")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_status_live",
        "status",
        ["institution_id", "session_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    protect("status")
    op.create_table(
        "daily_rollup",
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("group_id", Uuid16(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column(
            "status",
            choice(
                "status",
                "expected",
                "present",
                "late",
                "left_early",
                "half_day",
                "absent",
                "excused",
            ),
            nullable=False,
        ),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "group_id"],
            ["group.institution_id", "group.id"],
            name=op.f("fk_daily_rollup_group"),
        ),
        sa.PrimaryKeyConstraint(
            "institution_id", "group_id", "on_date", "status", name=op.f("pk_daily_rollup")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_daily_rollup_institution_id_on_date"),
        "daily_rollup",
        ["institution_id", "on_date"],
    )
    protect("daily_rollup")
    show_to_platform("daily_rollup")
