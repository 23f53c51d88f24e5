import os
import subprocess
import sys
from pathlib import Path

import pytest

from facemark.adapters.processes.lock import hold_lock
from facemark.domain.errors import Conflict


def test_a_second_start_on_the_folder_is_refused_with_the_process_to_end(tmp_path: Path) -> None:
    path = tmp_path / "run" / "up.lock"
    with (
        hold_lock(path),
        pytest.raises(Conflict, match=f"process {os.getpid()}") as refusal,
        hold_lock(path),
    ):
        pass
    assert refusal.value.code == "already_running"


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "run" / "up.lock"
    for _ in range(2):
        with hold_lock(path):
            pass


def test_what_a_killed_process_leaves_behind_does_not_block(tmp_path: Path) -> None:
    path = tmp_path / "run" / "up.lock"
    script = (
        "import os, sys; from pathlib import Path;"
        "from facemark.adapters.processes.lock import hold_lock;"
        "hold_lock(Path(sys.argv[1])).__enter__(); os._exit(9)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert (ended.returncode, path.exists()) == (9, True)
    with hold_lock(path):
        pass
