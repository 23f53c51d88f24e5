"""`facemark session`: what is to be attended."""

from datetime import time

import click

from facemark.cli.context import echo_json, open_tenant
from facemark.cli.person import require_date
from facemark.domain.errors import InvalidInput
from facemark.domain.sessions import SessionTimes
from facemark.services.sessions import add_session


@click.group()
def session() -> None:
    """Add or list sessions."""


@session.command()
@click.argument("name")
@click.option("--date", "on_date", required=True, help="Local date, YYYY-MM-DD.")
@click.option("--start", required=True, help="Local time, HH:MM.")
@click.option("--end", required=True, help="Local time; at or before the start: the next day.")
@click.option("--group", "groups", multiple=True, help="Who is expected; default: everybody.")
@click.option("--site", help="Needed only when there are several.")
@click.option("--early-open", type=click.IntRange(min=0), default=60, show_default=True)
@click.option("--grace", type=click.IntRange(min=0), default=5, show_default=True)
@click.option("--cut-off", type=click.IntRange(min=0), default=30, show_default=True)
def add(
    name: str,
    *,
    on_date: str,
    start: str,
    end: str,
    groups: tuple[str, ...],
    site: str | None,
    early_open: int,
    grace: int,
    cut_off: int,
) -> None:
    """Add the session NAME; minutes are counted from its start."""
    times = SessionTimes(
        on_date=require_date(on_date, "--date"),
        starts_local=parse_time(start, "--start"),
        ends_local=parse_time(end, "--end"),
        zone="UTC",
        early_open_min=early_open,
        grace_min=grace,
        cut_off_min=cut_off,
    )
    with open_tenant() as (_, tenant):
        made = add_session(tenant, times, name=name, group_names=groups, site_name=site)
    click.echo(
        f"{made.name} on {made.on_date} starts {made.starts_at.isoformat()},"
        f" cut-off {made.cut_off_at.isoformat()}. id {made.id}"
    )


@session.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(*, as_json: bool) -> None:
    """List sessions by start."""
    with open_tenant() as (_, tenant), tenant.read() as uow:
        rows = uow.sessions.list_sessions()
    if as_json:
        echo_json(
            [
                {
                    "id": s.id,
                    "name": s.name,
                    "on_date": s.on_date,
                    "starts_at": s.starts_at.isoformat(),
                    "cut_off_at": s.cut_off_at.isoformat(),
                    "ends_at": s.ends_at.isoformat(),
                }
                for s in rows
            ]
        )
        return
    for s in rows:
        click.echo(f"{s.on_date} {s.times.starts_local:%H:%M} {s.name}  {s.id}")
    if not rows:
        click.echo("No session yet; add one with `facemark session add`.")


def parse_time(text: str, option: str) -> time:
    """Raises InvalidInput `time_invalid`."""
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            "time_invalid", f"{option} {text!r} is not a time of day", "write it like 08:05"
        ) from error
