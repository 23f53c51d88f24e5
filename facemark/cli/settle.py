"""`facemark settle`: who was absent, and whom that must be told."""

import click

from facemark.cli.context import echo_json, open_tenant, parse_instant
from facemark.services.settling import SettleOptions, SettleReport, settle_due


@click.command()
@click.option("--at", "at_text", help="Settle as of this instant; default: now.")
@click.option(
    "--untaken-as-absent",
    is_flag=True,
    help="Count a register nobody took as absences instead of leaving it open.",
)
@click.option("--json", "as_json", is_flag=True)
def settle(at_text: str | None, *, untaken_as_absent: bool, as_json: bool) -> None:
    """Settle every session that is past its cut-off. Doing it again changes nothing."""
    at = parse_instant(at_text, "--at") if at_text else None
    options = SettleOptions(untaken_as_absent=untaken_as_absent)
    with open_tenant() as (_, tenant):
        reports = settle_due(tenant, at=at or tenant.clock.now(), options=options)
    if as_json:
        echo_json([_as_dict(report) for report in reports])
        return
    for report in reports:
        click.echo(_sentence(report))
    if not reports:
        click.echo("Nothing to settle: no open session is past its cut-off.")


def _as_dict(report: SettleReport) -> dict[str, object]:
    return {
        "session": report.session_name,
        "session_id": str(report.session_id),
        "counts": dict(report.counts),
        "untaken": list(report.untaken),
        "notices": report.notices,
        "messages": report.messages,
        "unreachable": report.unreachable,
    }


def _sentence(report: SettleReport) -> str:
    counts = ", ".join(f"{n} {status}" for status, n in report.counts.items()) or "nobody settled"
    lines = [f"{report.session_name}: {counts}; {report.messages} new message(s)."]
    if report.unreachable:
        lines.append(
            f"  {report.unreachable} guardian(s) cannot be reached: add a phone or e-mail."
        )
    lines += [
        f"  {group}: register not taken, nobody there was marked absent."
        for group in report.untaken
    ]
    return "\n".join(lines)
