"""Each test here runs on SQLite and on PostgreSQL."""

from tests.databases import (  # noqa: F401
    backend,
    empty_url,
    keys,
    postgres_server,
    postgres_template,
    postgres_url,
    school,
    sqlite_template,
    sqlite_url,
    store,
    url,
)
