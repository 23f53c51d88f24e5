"""`python -m drills --kills 200 [--database URL | --postgres] [--seed 1] [--json]`."""

import json
import sys
import tempfile
import time
from pathlib import Path

import click

from drills.kills import Plan, Tally, run_kills
from drills.scene import Scene


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(min=1))
@click.option("--database", help="URL of an empty database; default: a new SQLite file.")
@click.option("--postgres", is_flag=True, help="Start a PostgreSQL of its own and use that.")
@click.option("--people", default=60, show_default=True, type=click.IntRange(min=2))
@click.option("--arrivals", default=40, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(
    kills: int,
    *,
    database: str | None,
    postgres: bool,
    people: int,
    arrivals: int,
    seed: int,
    as_json: bool,
) -> None:
    """Kill watch, settle and dispatch at random points; exit code 1 on any broken promise."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        url = database or (start_postgres(folder / "pg") if postgres else _sqlite(folder))
        plan = Plan(folder / "data", url, kills, seed, Scene(people, arrivals, seed))
        began = time.perf_counter()
        tally = Tally()
        with click.progressbar(run_kills(plan), length=plan.rounds, file=sys.stderr) as progress:
            for state in progress:
                tally = state
        _report(tally, time.perf_counter() - began, as_json=as_json)
    sys.exit(1 if tally.violations or tally.kills < kills else 0)


def start_postgres(folder: Path) -> str:
    from facemark.testing.postgres import start_postgres as start

    return start(folder)


def _sqlite(folder: Path) -> str:
    return f"sqlite:///{(folder / 'facemark.db').as_posix()}"


def _report(tally: Tally, took_s: float, *, as_json: bool) -> None:
    figures = {
        "kills": tally.kills,
        "acknowledged_scans": len(tally.acknowledged),
        "finished_before_the_kill": tally.finished_before_the_kill,
        "last_word_before_the_kill": dict(tally.where),
        "violations": tally.violations,
        "seconds": round(took_s, 1),
    }
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name, value in figures.items():
        click.echo(f"{name.replace('_', ' '):28} {value}")


if __name__ == "__main__":
    main()
