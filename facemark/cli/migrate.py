"""`facemark migrate`: the schema, when `facemark up` is not what brings it up to date."""

import click

from facemark.bootstrap import migrate_database
from facemark.config import load_settings


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema; doing it again changes nothing."""
    migrate_database(load_settings())
    click.echo("The database has this version's schema.")
