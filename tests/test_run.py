"""run.py's decisions: what must be installed, and what a reader is told when that fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for step in (*run.TO_RUN, *run.TO_TEST):
        for name in step.files:
            (tmp_path / name).write_text(f"{name}\n", "utf-8")
    return tmp_path


def installed(root: Path, *steps: run.Step) -> dict[str, str]:
    return {step.name: run.fingerprint(step, root) for step in steps}


def test_everything_is_missing_at_first(root: Path) -> None:
    assert run.list_missing(run.TO_TEST, {}, root) == list(run.TO_TEST)


def test_nothing_is_missing_after_an_installation(root: Path) -> None:
    assert run.list_missing(run.TO_RUN, installed(root, *run.TO_RUN), root) == []


def test_a_changed_lock_repeats_only_its_own_step(root: Path) -> None:
    stamp = installed(root, *run.TO_RUN)
    (root / "requirements.lock").write_text("numpy==99\n", "utf-8")
    assert run.list_missing(run.TO_RUN, stamp, root) == [run.LIBRARIES]


def test_windows_line_endings_do_not_repeat_a_step(root: Path) -> None:
    stamp = installed(root, run.LIBRARIES)
    (root / "requirements.lock").write_bytes(b"requirements.lock\r\n")
    assert run.list_missing([run.LIBRARIES], stamp, root) == []


def test_other_pip_options_repeat_a_step(root: Path) -> None:
    stamp = installed(root, run.LIBRARIES)
    other = run.LIBRARIES._replace(pip=("-r", "requirements.lock"))
    assert run.list_missing([other], stamp, root) == [other]


@pytest.mark.parametrize("content", ["", "{", "[]", "12"])
def test_a_damaged_stamp_counts_as_nothing_installed(tmp_path: Path, content: str) -> None:
    stamp = tmp_path / "stamp.json"
    stamp.write_text(content, "utf-8")
    assert run.read_stamp(stamp) == {}


def test_a_stamp_of_another_python_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "venv_python", lambda: Path(sys.executable))
    assert run.is_trusted({"python": run.dotted(sys.version_info[:2])})
    assert not run.is_trusted({"python": "3.10"})


def test_a_stamp_without_its_python_is_not_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "venv_python", lambda: tmp_path / "gone")
    assert not run.is_trusted({"python": run.dotted(sys.version_info[:2])})


def test_a_stamp_is_read_back(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp.json"
    stamp.write_text(json.dumps({"python": "3.12", "libraries": "ab"}), "utf-8")
    assert run.read_stamp(stamp) == {"python": "3.12", "libraries": "ab"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ("run", [])),
        (["--port", "80"], ("run", ["--port", "80"])),
        (["run", "--port", "80"], ("run", ["--port", "80"])),
        (["test", "-k", "pass"], ("test", ["-k", "pass"])),
    ],
)
def test_without_a_command_facemark_is_started(
    arguments: list[str], expected: tuple[str, list[str]]
) -> None:
    assert run.split_command(arguments) == expected


def test_a_python_that_will_do_is_no_problem() -> None:
    assert run.find_problem((3, 11), []) is None
    assert run.find_problem((3, 14), []) is None


def test_an_old_python_is_told_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", {"python3.12": "/usr/bin/python3.12"}.get)
    problem = run.find_problem((3, 9), [])
    assert problem is not None
    assert "3.9" in str(problem)
    assert problem.hint == "Run: python3.12 run.py"


def test_a_missing_venv_module_names_the_debian_package() -> None:
    problem = run.find_problem((3, 12), ["ensurepip"])
    assert problem is not None
    assert "ensurepip" in str(problem)
    assert "apt-get install python3.12-venv" in problem.hint


@pytest.mark.parametrize(
    ("log", "message"),
    [
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("NewConnectionError: Failed to establish a new connection: refused", "package index"),
        ("NameResolutionError\nERROR: No matching distribution found for x", "package index"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE", "not the one"),
        ("ERROR: No matching distribution found for dlib-bin==20", "no ready-made package"),
        ("SSLError: CERTIFICATE_VERIFY_FAILED", "certificate"),
    ],
)
def test_a_failure_of_pip_is_explained(log: str, message: str) -> None:
    error = run.explain_failure(log)
    assert message in str(error)
    assert error.hint


def test_an_unknown_failure_of_pip_shows_its_last_lines() -> None:
    error = run.explain_failure("noise\n" * 50 + "something new broke\n")
    assert "something new broke" in str(error)
    assert len(str(error).splitlines()) < 20


def test_an_unknown_command_lists_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["tset"]) == 1
    assert "test-fast" in capsys.readouterr().err


def test_only_one_set_up_holds_the_lock_and_a_dead_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    hold = f"import run; from pathlib import Path\nwith run.exclusive(Path({str(path)!r})):\n"
    command = [sys.executable, "-c", hold + "    print('held', flush=True); input()"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, cwd=run.ROOT) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with path.open("a") as handle:
            assert not run.try_lock(handle.fileno())
        holder.kill()
    with path.open("a") as handle:
        assert run.try_lock(handle.fileno())


def test_every_step_reads_files_that_are_in_the_project() -> None:
    for step in (*run.TO_RUN, *run.TO_TEST, *run.ENGINES["face_recognition"]):
        for name in step.files:
            assert (run.ROOT / name).is_file()


@pytest.mark.parametrize("name", sorted(path.name for path in run.ROOT.glob("requirements*")))
def test_a_lock_pins_with_hashes_and_names_no_place(name: str) -> None:
    text = (run.ROOT / name).read_text("utf-8")
    pins = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert "://" not in text
    assert os.sep + "tmp" not in text


def pinned(name: str) -> dict[str, str]:
    lines = (run.ROOT / name).read_text("utf-8").splitlines()
    pins = [line.split()[0].partition("==") for line in lines if line and line[0] not in " #"]
    return {package: version for package, _, version in pins}


def test_both_locks_agree() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()
