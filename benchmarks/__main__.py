"""`python -m benchmarks`: every benchmark whose data are at hand, one after the other.

The data are looked for in FACEMARK_BENCH_DATA, else in ../shared/data beside the project.
"""

import os
import subprocess
import sys
from pathlib import Path

import click

DEFAULT_DATA = Path(__file__).parents[1] / ".." / "shared" / "data"


def plan(data: Path) -> dict[str, list[Path | str]]:
    """Arguments per benchmark; every path among them must exist for it to be run."""
    clip = data / "faces" / "clip" / "short_hamilton_clip.mp4"
    photos, pairs = data / "faces" / "lfw-dev", data / "faces" / "lfw-dev-pairs.txt"
    return {
        "pipeline": ["--video", clip],
        "qr": ["--images", data / "qr"],
        "kiosk": ["--kiosks", "3", "--fps", "5", "--seconds", "20", "--video", clip],
        "faces": ["--images", photos, "--pairs", pairs],
    }


def main() -> None:
    data = Path(os.environ.get("FACEMARK_BENCH_DATA", DEFAULT_DATA)).resolve()
    failed = []
    for name, arguments in plan(data).items():
        missing = [str(a) for a in arguments if isinstance(a, Path) and not a.exists()]
        if missing:
            click.echo(f"{name}: left out, there is no {missing[0]}")
            continue
        click.echo(f"== {name}")
        words = [sys.executable, "-m", f"benchmarks.{name}", *map(str, arguments)]
        if subprocess.run(words, check=False).returncode:
            failed.append(name)
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
