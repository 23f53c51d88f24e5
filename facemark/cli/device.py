"""`facemark device`: kiosks that may report, each with a token of its own."""

from pathlib import Path

import click

from facemark.adapters.processes.probe import reachable_host
from facemark.bootstrap import draw_qr
from facemark.cli.context import echo_json, open_tenant
from facemark.cli.files import write_file
from facemark.config import Settings
from facemark.domain.scans import Direction
from facemark.services.devices import list_devices, pair_device, revoke_device


@click.group()
def device() -> None:
    """Pair, list or revoke kiosks."""


@device.command()
@click.argument("name")
@click.option(
    "--direction",
    type=click.Choice([direction.value for direction in Direction]),
    default=Direction.IN.value,
    show_default=True,
    help="Which way people pass it.",
)
@click.option("--site", help="Needed only when there are several.")
@click.option("--url", help="Address by which the kiosk reaches the gate; default: this computer.")
@click.option("--png", type=click.Path(path_type=Path), help="Write the QR code to this file too.")
def pair(name: str, *, direction: str, site: str | None, url: str | None, png: Path | None) -> None:
    """Make a link that turns one browser into the kiosk NAME. It works once."""
    with open_tenant() as (app, tenant):
        pairing = pair_device(tenant, name, Direction(direction), site_name=site)
        base = (url or _gate_url(app.settings)).rstrip("/")
    link = f"{base}/kiosk#{pairing.secret}"
    picture, text = draw_qr(link)
    if png is not None:
        write_file(png, picture)
    click.echo(f"Open this link once, on the device that becomes {pairing.device.name!r}:\n")
    click.echo(f"  {link}\n")
    click.echo(text)
    if base.startswith("http://") and not _is_own(base):
        click.echo("Browsers give the camera to https pages only; see docs/how-to/kiosk.md.")


@device.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(*, as_json: bool) -> None:
    """List all devices, revoked ones too."""
    with open_tenant() as (_, tenant):
        devices = list_devices(tenant)
    if as_json:
        echo_json(
            [
                {"id": d.id, "name": d.name, "direction": d.direction, "revoked_at": d.revoked_at}
                for d in devices
            ]
        )
        return
    for d in devices:
        state = f"revoked {d.revoked_at:%Y-%m-%d %H:%M} UTC" if d.revoked_at else "valid"
        click.echo(f"{d.name}  {d.direction}  {state}")
    if not devices:
        click.echo("No device yet. Pair one with `facemark device pair NAME`.")


@device.command()
@click.argument("name")
def revoke(name: str) -> None:
    """Refuse the device NAME from its next message on."""
    with open_tenant() as (_, tenant):
        revoked = revoke_device(tenant, name)
    click.echo(f"{revoked.name} may not report any more.")


def _gate_url(settings: Settings) -> str:
    host = reachable_host(settings.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.gate_port}"


def _is_own(url: str) -> bool:
    return any(url.startswith(f"http://{name}") for name in ("127.", "localhost", "[::1]"))
