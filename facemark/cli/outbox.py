"""`facemark outbox` and `facemark dispatch`: what is to be said, and saying it."""

import os
import socket
from dataclasses import asdict, replace

import click

from facemark.adapters.system.clock import FixedClock
from facemark.cli.context import echo_json, open_tenant, parse_instant
from facemark.services.outbox import dispatch_due, list_outbox


@click.command()
@click.option("--json", "as_json", is_flag=True)
def outbox(*, as_json: bool) -> None:
    """Show every message, oldest first."""
    with open_tenant() as (_, tenant):
        entries = list_outbox(tenant)
    if as_json:
        echo_json([asdict(entry) for entry in entries])
        return
    for entry in entries:
        click.echo(f"{entry.created_at:%Y-%m-%d %H:%M}Z {entry.state:9} {entry.channel} {entry.to}")
        click.echo(f"  {entry.text}")
    if not entries:
        click.echo("No messages yet; they are written when a session is settled.")


@click.command()
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True)
@click.option("--at", "at_text", help="Deliver as of this instant; default: now.")
@click.option("--json", "as_json", is_flag=True)
def dispatch(limit: int, *, at_text: str | None, as_json: bool) -> None:
    """Deliver what is due, once; the worker of `facemark up` does so by itself.

    What is past its latest useful time expires instead of being sent.
    """
    worker = f"{socket.gethostname()}:{os.getpid()}"
    with open_tenant() as (app, tenant):
        clock = FixedClock(parse_instant(at_text, "--at")) if at_text else tenant.clock
        then = replace(tenant, clock=clock)
        report = dispatch_due(then, app.senders(), worker=worker, limit=limit)
    if as_json:
        echo_json(asdict(report))
        return
    click.echo(
        f"{report.sent} sent, {report.failed} failed, {report.retried_later} to be tried again,"
        f" {report.expired} expired."
    )
