"""What every command needs: the wired product, and one way to print."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import cast

import click

from facemark.bootstrap import App, build_app
from facemark.config import load_settings
from facemark.domain.errors import InvalidInput
from facemark.services.tenant import Tenant


@contextmanager
def open_app() -> Iterator[App]:
    app = build_app(load_settings())
    try:
        yield app
    finally:
        app.close()


@contextmanager
def open_tenant() -> Iterator[tuple[App, Tenant]]:
    """The product and the institution chosen with `--institution`, the setting, or the only one."""
    wanted = cast("int | None", click.get_current_context().find_root().obj)
    with open_app() as app:
        yield app, app.tenant(wanted)


def echo_json(value: object) -> None:
    """One JSON document on one line."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def parse_instant(text: str, option: str) -> datetime:
    """An ISO 8601 instant with its offset, as UTC; raises InvalidInput `instant_invalid`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _instant_invalid(text, option) from error
    if at.tzinfo is None:
        raise _instant_invalid(text, option)
    return at.astimezone(UTC)


def _instant_invalid(text: str, option: str) -> InvalidInput:
    return InvalidInput(
        "instant_invalid",
        f"{option} {text!r} is not an instant with its offset",
        "write it like 2026-03-02T07:58:00+01:00 or 2026-03-02T06:58:00Z",
    )
