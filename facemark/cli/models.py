"""`facemark models`: the weights that faces need; everything else works without them."""

import click

from facemark.adapters.vision.engines import ENGINES
from facemark.adapters.vision.weights import KNOWN_WEIGHTS, find_weights, install_weights
from facemark.config import load_settings
from facemark.domain.errors import InvalidInput


@click.group()
def models() -> None:
    """Show or install the face models."""


@models.command("list")
def list_() -> None:
    """Show the engines, and which weights are here."""
    cache = load_settings().models_dir
    for engine in ENGINES:
        click.echo(f"{engine.name}: {engine.summary}")
        if engine.warning:
            click.echo(f"  {engine.warning}")
    for weights in KNOWN_WEIGHTS:
        place = find_weights(weights, cache)
        click.echo(f"{'here   ' if place else 'absent '} {weights.name}")


@models.command()
@click.argument("source", required=False)
@click.option("--sha256", help="Required with SOURCE: what the file must hash to.")
def install(source: str | None, sha256: str | None) -> None:
    """Fetch the published float32 weights, or one file from SOURCE (a URL or a path)."""
    cache = load_settings().models_dir
    if (source is None) != (sha256 is None):
        raise InvalidInput(
            "hash_missing",
            "a source is only taken together with the hash it must have",
            "give both SOURCE and --sha256, or neither",
        )
    if source and sha256:
        click.echo(f"Installed {install_weights(source, sha256, cache)}")
        return
    wanted = [w for w in KNOWN_WEIGHTS if w.url and not find_weights(w, cache)]
    with click.progressbar(wanted, label="Face models") as progress:
        for weights in progress:
            install_weights(weights.url or "", weights.sha256, cache)
    click.echo("All published weights are here.")
