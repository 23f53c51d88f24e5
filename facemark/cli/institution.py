"""`facemark institution`: tenants and their first site."""

import click

from facemark.cli.context import echo_json, open_app
from facemark.domain.people import InstitutionKind
from facemark.services.setup import InstitutionDraft, create_institution


@click.group()
def institution() -> None:
    """Add or list institutions."""


@institution.command()
@click.argument("name")
@click.option("--zone", required=True, help="IANA time zone of its site, e.g. Europe/London.")
@click.option(
    "--kind",
    type=click.Choice([k.value for k in InstitutionKind]),
    default=InstitutionKind.SCHOOL.value,
    show_default=True,
)
@click.option("--language", default="en", show_default=True)
@click.option(
    "--hold-min",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Minutes a message waits before it is sent.",
)
def add(name: str, zone: str, kind: str, language: str, hold_min: int) -> None:
    """Create the institution NAME with one site."""
    draft = InstitutionDraft(name, InstitutionKind(kind), zone, language, hold_min)
    with open_app() as app:
        made = create_institution(app.store, draft, app.clock)
    click.echo(f"Institution {made.id} {made.name} is ready.")


@institution.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(*, as_json: bool) -> None:
    """List institutions."""
    with open_app() as app:
        rows = app.list_institutions()
    if as_json:
        echo_json([{"id": i.id, "name": i.name, "kind": i.kind} for i in rows])
        return
    for row in rows:
        click.echo(f"{row.id}  {row.name}  ({row.kind})")
    if not rows:
        click.echo("There is no institution yet; add one with `facemark institution add`.")
