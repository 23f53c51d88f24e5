"""`facemark status`: a day at a glance."""

import click

from facemark.cli.context import echo_json, open_tenant
from facemark.cli.person import parse_date
from facemark.services.status import DayView, SessionView, list_day, list_latest_day


@click.command()
@click.option("--date", "on_date", help="Local date; default: the latest day with a session.")
@click.option("--json", "as_json", is_flag=True)
def status(on_date: str | None, *, as_json: bool) -> None:
    """Show who is here, who is missing, and why."""
    day = parse_date(on_date, "--date")
    with open_tenant() as (_, tenant):
        view = list_day(tenant, day) if day else list_latest_day(tenant)
    if as_json:
        echo_json(_as_dict(view))
    elif view is None or not view.sessions:
        click.echo("No session on that day; add one with `facemark session add`.")
    else:
        _print(view)


def _as_dict(view: DayView | None) -> dict[str, object]:
    if view is None:
        return {"on_date": None, "sessions": []}
    return {
        "institution": view.institution.name,
        "on_date": view.on_date.isoformat(),
        "sessions": [_session_dict(s) for s in view.sessions],
    }


def _session_dict(session: SessionView) -> dict[str, object]:
    return {
        "id": str(session.id),
        "name": session.name,
        "zone": session.zone,
        "counts": session.counts(),
        "people": [
            {
                "external_id": line.external_id,
                "name": line.name,
                "group": group.name,
                "status": line.status,
                "reason": line.reason,
                "seen_at": line.seen_at.isoformat() if line.seen_at else None,
            }
            for group in session.groups
            for line in group.people
        ],
        "untaken": [g.name for g in session.groups if not g.register_taken],
    }


def _print(view: DayView) -> None:
    for session in view.sessions:
        click.echo(f"{view.on_date} {session.name}")
        for group in session.groups:
            note = "" if group.register_taken else "  (register not taken)"
            click.echo(f"  {group.name}{note}")
            for line in group.people:
                click.echo(f"    {line.external_id:12} {line.name:28} {line.reason}")
