"""Tells SQLite's planner what the tables will look like.

It knows nothing about an empty database and assumes that any equality finds ten rows. Every key
begins with the institution, so without this it reads an institution's whole table where an index
on session or person would find a few rows. PostgreSQL gathers statistics by itself.
"""

from collections.abc import Iterator

from sqlalchemy import Connection

_ROWS = {"scan": 1_000_000, "status": 1_000_000}
_OTHER_ROWS = 20_000

# How many values a column has in one large institution; every other column tells its rows apart.
_VALUES = {
    "institution_id": 1,
    "person_id": 5_000,
    "session_id": 2_000,
    "group_id": 200,
    "guardian_id": 5_000,
    "message_id": 10_000,
    "on_date": 400,
    "from_on": 10,
    "state": 4,
    "kind": 2,
    "source": 10,
}
_MANY = 1_000_000


def seed_statistics(connection: Connection) -> None:
    """Replaces what was seeded or gathered before; readers see it when they next connect."""
    connection.exec_driver_sql("ANALYZE")
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    for table, is_clustered in _list_tables(connection):
        for index, columns in _list_indexes(connection, table, is_clustered=is_clustered):
            connection.exec_driver_sql(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)",
                (table, index, _describe(table, columns)),
            )


def _list_tables(connection: Connection) -> list[tuple[str, bool]]:
    found = connection.exec_driver_sql(
        "SELECT name, sql LIKE '%WITHOUT ROWID%' FROM sqlite_master"
        " WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    return [(name, bool(is_clustered)) for name, is_clustered in found]


def _list_indexes(
    connection: Connection, table: str, *, is_clustered: bool
) -> Iterator[tuple[str, list[str]]]:
    indexes = connection.exec_driver_sql(
        "SELECT name, origin FROM pragma_index_list(?)", (table,)
    ).all()
    for name, origin in indexes:
        columns = connection.exec_driver_sql("SELECT name FROM pragma_index_info(?)", (name,))
        # The primary key of a table without row ids goes by the table's name.
        yield table if is_clustered and origin == "pk" else name, [column for (column,) in columns]


def _describe(table: str, columns: list[str]) -> str:
    """Rows of the table, then the average number of rows that share each prefix of the index."""
    rows = _ROWS.get(table, _OTHER_ROWS)
    numbers, left = [rows], rows
    for column in columns:
        left = max(1, left // _VALUES.get(column, _MANY))
        numbers.append(left)
    return " ".join(map(str, numbers))
