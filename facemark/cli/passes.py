"""`facemark pass`: the QR pass, as a picture or as a card to print."""

from pathlib import Path

import click

from facemark.bootstrap import build_pass_renderer
from facemark.cli.context import open_tenant, parse_instant
from facemark.cli.files import write_file
from facemark.services.passes import IssuedPass, issue_pass, revoke_passes
from facemark.services.ports.passes import CardLayout


@click.group("pass")
def pass_() -> None:
    """Issue, print or revoke QR passes and ID cards."""


@pass_.command()
@click.argument("external_ids", nargs=-1, required=True)
@click.option("--expires", help="Instant after which the pass is refused.")
@click.option("--png", type=click.Path(path_type=Path), help="Folder for a PNG per person.")
@click.option("--svg", type=click.Path(path_type=Path), help="Folder for an SVG per person.")
@click.option("--card", type=click.Path(path_type=Path), help="PDF file with the ID cards.")
@click.option(
    "--layout",
    type=click.Choice([layout.value for layout in CardLayout]),
    default=CardLayout.CARD.value,
    show_default=True,
)
def issue(
    external_ids: tuple[str, ...],
    *,
    expires: str | None,
    png: Path | None,
    svg: Path | None,
    card: Path | None,
    layout: str,
) -> None:
    """Issue a pass for each of EXTERNAL_IDS."""
    until = parse_instant(expires, "--expires") if expires else None
    with open_tenant() as (app, tenant):
        issued = [
            issue_pass(tenant, who, app.pass_signer(), expires_at=until) for who in external_ids
        ]
    for one in issued:
        click.echo(f"{one.person.external_id} {one.text}")
    renderer = build_pass_renderer()
    if png:
        _write_each(png, ".png", {i: renderer.render_png(i.text) for i in issued})
    if svg:
        _write_each(svg, ".svg", {i: renderer.render_svg(i.text) for i in issued})
    if card:
        document = renderer.render_cards([i.card for i in issued], CardLayout(layout))
        write_file(card, document.pdf)
        for who, characters in document.unprintable.items():
            click.echo(f"  no font here can print {characters} of {who}", err=True)


def _write_each(folder: Path, suffix: str, pictures: dict[IssuedPass, bytes]) -> None:
    for issued, picture in pictures.items():
        write_file(folder / f"{safe_name(issued.person.external_id)}{suffix}", picture)


def safe_name(external_id: str) -> str:
    """A file name on every system; ids may hold slashes and worse."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in external_id)


@pass_.command()
@click.argument("external_id")
def revoke(external_id: str) -> None:
    """Revoke every pass of the person EXTERNAL_ID, for example after a loss."""
    with open_tenant() as (_, tenant):
        count = revoke_passes(tenant, external_id)
    click.echo(f"{count} pass(es) of {external_id} are refused from now on.")
