"""`facemark doctor`: what works here, what does not, and what to do about it."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from facemark.adapters.db.migrate import check_schema, is_empty
from facemark.adapters.keys.master import find_master_key
from facemark.bootstrap import build_app, build_vision
from facemark.cli.context import echo_json
from facemark.config import Settings, load_settings
from facemark.domain.errors import FaceMarkError, Unavailable

LEAST_FREE_BYTES = 1_000_000_000
FAILED = 7


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok` False always comes with a code and a hint that says what to do."""

    check: str
    ok: bool
    message: str
    code: str = ""
    hint: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True)
def doctor(*, as_json: bool) -> None:
    """Check this installation; exit code 7 when something needs fixing. Changes nothing."""
    findings = examine(load_settings())
    healthy = all(finding.ok for finding in findings)
    if as_json:
        echo_json({"ok": healthy, "checks": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.ok else 'FIX '} {finding.check}: {finding.message}")
            if finding.hint:
                click.echo(f"     {finding.hint}")
    if not healthy:
        sys.exit(FAILED)


def examine(settings: Settings) -> list[Finding]:
    checks: dict[str, Callable[[Settings], str]] = {
        "data folder": _check_folder,
        "disk space": _check_space,
        "database": _check_database,
        "master key": _check_key,
        "institutions": _check_institutions,
        "face engine": _check_engine,
        "messages": _check_channels,
    }
    return [_run(name, check, settings) for name, check in checks.items()]


def _run(name: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(name, ok=True, message=check(settings))
    except FaceMarkError as error:
        return Finding(name, ok=False, message=error.message, code=error.code, hint=error.hint)


def _check_folder(settings: Settings) -> str:
    try:
        with tempfile.TemporaryFile(dir=_nearest(settings.data)):
            return f"{settings.data} can be written"
    except OSError as error:
        raise Unavailable(
            "data_folder_unwritable",
            f"{settings.data} cannot be written ({error.strerror})",
            "set FACEMARK_DATA to a folder you may write to",
        ) from error


def _nearest(path: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return next(p for p in (path, *path.absolute().parents) if p.is_dir())


def _check_space(settings: Settings) -> str:
    free = shutil.disk_usage(_nearest(settings.data)).free
    if free < LEAST_FREE_BYTES:
        raise Unavailable(
            "disk_nearly_full", f"{free // 1_000_000} MB are free", "make room for at least 1 GB"
        )
    return f"{free // 1_000_000_000} GB are free"


def _is_new(settings: Settings) -> bool:
    """Looking into an SQLite file that is not there would create it."""
    own_file = settings.data / "facemark.db"
    if settings.database_url is None and not own_file.exists():
        return True
    return is_empty(settings.url)


def _check_database(settings: Settings) -> str:
    if _is_new(settings):
        return "not there yet; the first command creates it"
    check_schema(settings.url)
    return "answers, with this version's schema"


def _check_key(settings: Settings) -> str:
    if _is_new(settings):
        return "not there yet; it is created with the database"
    return f"key {find_master_key(os.environ, settings.master_key_path, may_create=False).key_id}"


def _check_institutions(settings: Settings) -> str:
    if _is_new(settings):
        return "none yet; add one with `facemark institution add`"
    app = build_app(settings)
    try:
        names = ", ".join(f"{i.id} {i.name}" for i in app.list_institutions())
    finally:
        app.close()
    return names or "none yet; add one with `facemark institution add`"


def _check_engine(settings: Settings) -> str:
    model = build_vision(settings).engine.model
    return f"{model.engine}, model {model.model_hash[:12]}"


def _check_channels(_: Settings) -> str:
    return "console: messages are shown in the outbox, none leaves this computer"
