"""What migrations do to every table besides creating it. Never change it: old migrations use it."""

import sqlalchemy as sa
from alembic import op

from facemark.adapters.db.engine import APP_ROLE
from facemark.domain.errors import Unavailable

ALL = "SELECT, INSERT, UPDATE, DELETE"
APPEND = "SELECT, INSERT"
"""For facts: not even a bug in the product can change them."""

_INSTITUTION = "(SELECT nullif(current_setting('facemark.institution', true), '')::int)"
_IS_PLATFORM = "(SELECT coalesce(current_setting('facemark.scope', true), '') = 'platform')"

# Membership with the right to SET ROLE is told apart since version 16 only.
_MAY_BECOME = f"""
  EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}' AND pg_has_role(
    current_user, oid,
    CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END))
"""

# Roles belong to the whole server: another database's migration may create this one meanwhile, and
# a concurrent GRANT of the same membership ends in "tuple concurrently updated", an internal error.
_CREATE_ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
    CREATE ROLE {APP_ROLE} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
END $$;
DO $$ BEGIN
  IF NOT {_MAY_BECOME} THEN
    GRANT {APP_ROLE} TO current_user;
  END IF;
EXCEPTION WHEN unique_violation OR internal_error OR insufficient_privilege OR undefined_object
  THEN NULL;
END $$;
"""


def on_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def create_app_role() -> None:
    """Raises Unavailable: `database_role_missing` when this login may neither create the role nor
    become it, `database_role_unsafe` when the role can go round row level security.
    """
    if not on_postgresql():
        return
    op.execute(_CREATE_ROLE)
    if not op.get_bind().execute(sa.text(f"SELECT {_MAY_BECOME}")).scalar_one():
        raise Unavailable(
            "database_role_missing",
            f"this login may neither create the role {APP_ROLE} nor become it",
            f"let an administrator run CREATE ROLE {APP_ROLE} NOLOGIN"
            f" and GRANT {APP_ROLE} TO the login of the database URL",
        )
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
    role = sa.table(
        "pg_roles", sa.column("rolname"), sa.column("rolsuper"), sa.column("rolbypassrls")
    )
    powers = sa.select(role.c.rolsuper | role.c.rolbypassrls).where(role.c.rolname == APP_ROLE)
    if op.get_bind().execute(powers).scalar_one():
        raise Unavailable(
            "database_role_unsafe",
            f"the role {APP_ROLE} can bypass row level security",
            f"run ALTER ROLE {APP_ROLE} NOSUPERUSER NOBYPASSRLS",
        )


def protect(table: str, *, rights: str = ALL) -> None:
    """Only rows of the bound institution are seen or written, by the table's owner as well."""
    _enable(table, rights)
    _policy(table, "tenant", "ALL", f"institution_id = {_INSTITUTION}")


def protect_control(table: str, key: str = "institution_id") -> None:
    """The platform works on all rows; an institution sees its own."""
    _enable(table, ALL)
    _policy(table, "tenant", "SELECT", f"{key} = {_INSTITUTION}")
    _policy(table, "platform", "ALL", _IS_PLATFORM)


def show_to_platform(table: str) -> None:
    _policy(table, "platform", "SELECT", _IS_PLATFORM)


def _enable(table: str, rights: str) -> None:
    if on_postgresql():
        op.execute(f'GRANT {rights} ON "{table}" TO {APP_ROLE}')
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def _policy(table: str, name: str, command: str, condition: str) -> None:
    if on_postgresql():
        check = "" if command == "SELECT" else f" WITH CHECK ({condition})"
        op.execute(
            f'CREATE POLICY {table}_{name} ON "{table}" FOR {command} TO {APP_ROLE}'
            f" USING ({condition}){check}"
        )


def choice(name: str, *values: str) -> sa.Enum:
    """Text held to these values by a CHECK constraint."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
