"""`facemark import`: a whole school or company from one CSV file."""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from facemark.cli.context import echo_json, open_tenant
from facemark.cli.files import read_file
from facemark.domain.roster import RosterFile, parse_roster
from facemark.services.roster import ImportReport, import_roster

HAS_PROBLEMS = 3


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--region", help="Country of phone numbers without a prefix, e.g. GB.")
@click.option("--check", is_flag=True, help="Only look for problems.")
@click.option("--json", "as_json", is_flag=True)
def import_people(path: Path, *, region: str | None, check: bool, as_json: bool) -> None:
    """Import people and guardians from the CSV file PATH.

    Needs the columns external_id and name; knows greeting_name, group, joined_on, left_on and
    guardian_name, guardian_phone, guardian_email, guardian_language, then guardian2_… and so on.
    A file with any problem is not imported at all; every problem is listed with its line.
    """
    roster = parse_roster(read_file(path), default_region=region)
    if roster.problems:
        _show_problems(roster, as_json=as_json)
        sys.exit(HAS_PROBLEMS)
    if check:
        click.echo(f"{len(roster.rows)} people, no problem found. Nothing was imported.")
        return
    with open_tenant() as (_, tenant):
        report = import_roster(tenant, roster)
    _show_report(roster, report, as_json=as_json)


def _show_problems(roster: RosterFile, *, as_json: bool) -> None:
    if as_json:
        echo_json({"imported": False, "problems": [asdict(p) for p in roster.problems]})
        return
    for problem in roster.problems:
        click.echo(
            f"line {problem.line} {problem.column}: {problem.code}: {problem.message};"
            f" {problem.hint}",
            err=True,
        )
    click.echo("Nothing was imported.", err=True)


def _show_report(roster: RosterFile, report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        echo_json({"imported": True, **asdict(report)})
        return
    click.echo(
        f"{report.added} people were added, {report.known} were there already;"
        f" {report.guardians} guardian(s)."
    )
    if roster.encoding == "cp1252":
        click.echo("  The encoding was guessed: look at a name with an accent, or save as UTF-8.")
    if roster.ignored_columns:
        click.echo(f"  Columns that mean nothing here: {', '.join(roster.ignored_columns)}")
