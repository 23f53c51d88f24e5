"""`facemark guardian`: who is told."""

import click

from facemark.cli.context import open_tenant
from facemark.domain.contacts import require_email, require_phone
from facemark.services.setup import GuardianDraft, add_guardian


@click.group()
def guardian() -> None:
    """Add the people who are told."""


@guardian.command()
@click.argument("external_id")
@click.argument("name")
@click.option("--phone", help="International form, e.g. +441632960001.")
@click.option("--email")
@click.option("--language", default="en", show_default=True)
@click.option("--position", type=click.IntRange(min=1), default=1, show_default=True)
def add(
    external_id: str,
    name: str,
    *,
    phone: str | None,
    email: str | None,
    language: str,
    position: int,
) -> None:
    """Add NAME as a guardian of the person EXTERNAL_ID; position 1 is told first."""
    draft = GuardianDraft(
        name=name,
        phone=require_phone(phone) if phone else None,
        email=require_email(email) if email else None,
        language=language,
        position=position,
    )
    with open_tenant() as (_, tenant):
        made = add_guardian(tenant, external_id, draft)
    click.echo(f"{made.name} will be told about {external_id}.")
