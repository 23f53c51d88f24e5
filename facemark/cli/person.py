"""`facemark person`: who is attended for."""

from datetime import date

import click

from facemark.cli.context import echo_json, open_tenant
from facemark.domain.errors import InvalidInput
from facemark.services.setup import ALWAYS, EVERYONE, PersonDraft, add_person


@click.group()
def person() -> None:
    """Add or list people."""


@person.command()
@click.argument("external_id")
@click.argument("name")
@click.option("--greeting", help="What the door calls them; default: the first name.")
@click.option("--group", default=EVERYONE, show_default=True, help="Class or team.")
@click.option("--joined", help="Joining date, YYYY-MM-DD; default: has always belonged.")
@click.option("--left", help="Last day, YYYY-MM-DD.")
def add(
    external_id: str,
    name: str,
    *,
    greeting: str | None,
    group: str,
    joined: str | None,
    left: str | None,
) -> None:
    """Add NAME under the institution's own unique EXTERNAL_ID."""
    draft = PersonDraft(
        external_id=external_id,
        legal_name=name,
        joined_on=parse_date(joined, "--joined") or ALWAYS,
        greeting_name=greeting,
        left_on=parse_date(left, "--left"),
        group=group,
    )
    with open_tenant() as (_, tenant):
        made = add_person(tenant, draft)
    click.echo(f"{made.external_id} {made.legal_name} was added to {group}.")


@person.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(*, as_json: bool) -> None:
    """List people by id."""
    with open_tenant() as (_, tenant), tenant.read() as uow:
        people = uow.people.list_people()
    if as_json:
        echo_json(
            [{"external_id": p.external_id, "name": p.legal_name, "id": p.id} for p in people]
        )
        return
    for p in people:
        click.echo(f"{p.external_id}  {p.legal_name}")
    if not people:
        click.echo("Nobody yet; use `facemark person add` or `facemark import FILE.csv`.")


def parse_date(text: str | None, option: str) -> date | None:
    """Raises InvalidInput `date_invalid`."""
    return None if text is None else require_date(text, option)


def require_date(text: str, option: str) -> date:
    """Raises InvalidInput `date_invalid`."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            "date_invalid", f"{option} {text!r} is not a date", "write it like 2026-03-02"
        ) from error
