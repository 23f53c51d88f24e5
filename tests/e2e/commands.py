"""The `facemark` command in a process of its own, as a script would call it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Commands:
    """Everything happens in `data` and, if given, in the database at `url`."""

    data: Path
    url: str | None = None
    engine: str = "opencv"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        settings = {"FACEMARK_DATA": str(self.data), "FACEMARK_ENGINE": self.engine}
        if self.url:
            settings["FACEMARK_DATABASE_URL"] = self.url
        return subprocess.run(
            [sys.executable, "-m", "facemark", *words],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
        )

    def ok(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.ok(*words, "--json"))

    def lines(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.ok(*words, "--json").splitlines()]
