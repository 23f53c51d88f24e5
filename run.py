"""Set FaceMark up in .venv and start it. Needs nothing but Python 3.11 or newer.

python run.py [run] [OPTIONS]     start with a simulated school (DEMO=company: a company);
                                  --own: with your own data; other OPTIONS go to `facemark up`
python run.py test [OPTIONS]      every test (OPTIONS go to pytest)
python run.py test-fast [OPTIONS] the quick tests, on SQLite alone
python run.py lint                style, types and layers
python run.py engine NAME         add another face engine: face_recognition
python run.py setup               only install, with everything the tests need

The second time nothing is installed unless a lock file or the Python version changed.
"""

from __future__ import annotations  # the file must load on an old Python, to say that it is old

import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator, NamedTuple, NoReturn, Sequence  # noqa: UP035  (same reason)

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "facemark-setup.json"
LOG = ROOT / ".venv.log"
MINIMUM = (3, 11)
ON_WINDOWS = os.name == "nt"


class SetupError(Exception):
    """What stopped the set-up, and what the reader can do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Step(NamedTuple):
    """One call of pip; repeated when its arguments or one of its files change."""

    name: str
    files: tuple[str, ...]
    pip: tuple[str, ...]


CHECKED = ("--require-hashes", "--only-binary=:all:")
# Old ones resolve twice as slowly and do not ask the system which certificates it trusts.
INSTALLER = Step("pip", ("requirements-pip.txt",), (*CHECKED, "-r", "requirements-pip.txt"))
LIBRARIES = Step("libraries", ("requirements.lock",), (*CHECKED, "-r", "requirements.lock"))
TOOLS = Step("tools", ("requirements-dev.lock",), (*CHECKED, "-r", "requirements-dev.lock"))
# Its metadata asks for dlib as source, which needs a compiler; the file names a built dlib instead.
DLIB_FILE = "requirements-face-recognition.txt"
FACE_RECOGNITION = Step("face_recognition", (DLIB_FILE,), ("--no-deps", *CHECKED, "-r", DLIB_FILE))
PROJECT = Step("facemark", ("pyproject.toml",), ("--no-deps", "--no-build-isolation", "-e", "."))

TO_RUN = (INSTALLER, LIBRARIES, PROJECT)
TO_TEST = (INSTALLER, TOOLS, FACE_RECOGNITION, PROJECT)
ENGINES = {"face_recognition": (*TO_RUN, FACE_RECOGNITION)}

LINTERS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)

NO_NETWORK = (
    "Could not reach the package index.",
    "Check the internet connection; behind a proxy set HTTPS_PROXY. Without any network, run "
    "'python -m pip download --require-hashes --only-binary=:all: -r requirements.lock -d wheels' "
    "on a connected computer of the same kind, copy the folder here and set PIP_NO_INDEX=1 and "
    "PIP_FIND_LINKS=wheels.",
)
CAUSES = (
    (
        "No space left on device",
        "The disk is full.",
        "Free about 2 GB and run the same command again.",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "The package index shows a certificate that this computer does not trust.",
        "Where a filter inspects traffic, set PIP_CERT to the file of its root certificate.",
    ),
    (
        "DO NOT MATCH THE HASHES",
        "A downloaded package is not the one FaceMark was tested with, so it was not installed.",
        "Run 'python -m pip cache purge' and try again. If it stays, something on the way changes "
        "downloads: tell whoever runs the network.",
    ),
    ("Failed to establish a new connection", *NO_NETWORK),
    ("NameResolutionError", *NO_NETWORK),
    ("ConnectTimeout", *NO_NETWORK),
    ("Read timed out", *NO_NETWORK),
    ("ProxyError", *NO_NETWORK),
    (
        "No matching distribution found",
        "A library has no ready-made package for this Python on this computer "
        f"({platform.python_version()}, {platform.system()} {platform.machine()}).",
        "Use a 64-bit Python 3.11 to 3.14 from python.org or your system.",
    ),
    (
        "Permission denied",
        "A file in .venv could not be written.",
        "Run as the user who owns this folder, and stop FaceMark first if it is running.",
    ),
)


def explain_failure(log: str) -> SetupError:
    """The first cause whose mark is in pip's output; otherwise the last lines speak."""
    for mark, message, hint in CAUSES:
        if mark.lower() in log.lower():
            return SetupError(message, hint)
    tail = "\n  ".join(log.strip().splitlines()[-12:])
    return SetupError(f"pip failed:\n  {tail}", "Send these lines to your support.")


def find_problem(version: tuple[int, int], missing: Sequence[str]) -> SetupError | None:
    """Why this Python cannot be used, or None; `missing` names absent standard modules."""
    if version < MINIMUM:
        newer = next(filter(shutil.which, [f"python3.{n}" for n in range(14, 10, -1)]), None)
        hint = f"Run: {newer} run.py" if newer else "Install Python 3.13 from python.org."
        return SetupError(f"FaceMark needs Python 3.11 or newer; this is {dotted(version)}.", hint)
    if missing:
        package = f"python{dotted(version)}-venv"
        hint = f"On Debian or Ubuntu: sudo apt-get install {package}"
        return SetupError(f"This Python lacks its module {missing[0]}.", hint)
    return None


def dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def fingerprint(step: Step, root: Path) -> str:
    """Changes with the step's files (line endings aside) and with how pip is called."""
    digest = hashlib.sha256(repr(step).encode())
    for name in step.files:
        digest.update((root / name).read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def read_stamp(path: Path) -> dict[str, str]:
    """What was installed to the end; empty when that is unknown."""
    try:
        stamp = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def list_missing(steps: Sequence[Step], stamp: dict[str, str], root: Path) -> list[Step]:
    return [step for step in steps if stamp.get(step.name) != fingerprint(step, root)]


def try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """One set-up at a time. The system drops the lock of a dead process, so none is ever stale."""
    with path.open("a") as handle:
        # pip inherits it: killing this process alone does not let a second pip into .venv.
        os.set_inheritable(handle.fileno(), True)  # noqa: FBT003
        waiting = False
        while not try_lock(handle.fileno()):
            if not waiting:
                say("Another set-up of this folder is running; waiting for it.")
            waiting = True
            time.sleep(0.5)
        yield


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def show_progress(name: str, seconds: float) -> None:
    if sys.stderr.isatty():
        print(f"\r  {name:<20} {seconds:4.0f} s ", end="", file=sys.stderr, flush=True)


def call_logged(command: Sequence[str], name: str) -> int:
    """Run with the output in LOG; the child is gone when this returns or raises."""
    started = time.monotonic()
    with LOG.open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, close_fds=ON_WINDOWS
        )
        try:
            while process.poll() is None:
                show_progress(name, time.monotonic() - started)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.5)
        finally:
            process.terminate()
            process.wait()
    return process.returncode


def read_log() -> str:
    return LOG.read_text("utf-8", errors="replace")


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if ON_WINDOWS else "bin/python")


def compile_libraries() -> None:
    """All cores at once and without the libraries' own tests: a third of the time pip takes.

    It only makes later starts faster, so a library with a file that does not compile is no error.
    """
    options = ("-q", "-j", "0", "-x", r"[/\\]tests?[/\\]", str(VENV))
    call_logged([str(venv_python()), "-m", "compileall", *options], "compiling")


def is_trusted(stamp: dict[str, str]) -> bool:
    return stamp.get("python") == dotted(sys.version_info[:2]) and venv_python().exists()


def build_venv() -> dict[str, str]:
    base = getattr(sys, "_base_executable", sys.executable)  # not the .venv about to be replaced
    if VENV.exists():
        shutil.rmtree(VENV)
    if call_logged([base, "-m", "venv", str(VENV)], "virtual environment"):
        raise explain_failure(read_log())
    return {"python": dotted(sys.version_info[:2])}


def install(step: Step, stamp: dict[str, str]) -> dict[str, str]:
    """A .venv without a stamp is rebuilt, so it has none while pip changes its files."""
    STAMP.unlink(missing_ok=True)
    options = ("--no-input", "--no-compile", "--disable-pip-version-check")
    command = [str(venv_python()), "-m", "pip", "install", *options, *step.pip]
    if call_logged(command, step.name):
        log = read_log()
        if "Installing collected packages" not in log:
            STAMP.write_text(json.dumps(stamp), "utf-8")
        raise explain_failure(log)
    stamp = {**stamp, step.name: fingerprint(step, ROOT)}
    STAMP.write_text(json.dumps(stamp), "utf-8")
    return stamp


def prepare(steps: Sequence[Step]) -> None:
    with exclusive(ROOT / ".venv.lock"):
        stamp = read_stamp(STAMP)
        stamp = stamp if is_trusted(stamp) else {}
        missing = list_missing(steps, stamp, ROOT)
        if not missing:
            return
        started = time.monotonic()
        say("Setting up .venv (the first time this takes a minute or two) ...")
        stamp = stamp or build_venv()
        for step in missing:
            stamp = install(step, stamp)
        compile_libraries()
        show_progress("done", time.monotonic() - started)
        say(f"\r.venv is ready ({time.monotonic() - started:.0f} s).".ljust(40))


def hand_over(module: str, *arguments: str) -> int:
    """End as `python -m module arguments` in .venv; Windows has no exec, so there it is awaited."""
    command = [str(venv_python()), "-m", module, *arguments]
    if not ON_WINDOWS:
        os.execv(command[0], command)  # noqa: S606
    with subprocess.Popen(command) as child:
        while child.poll() is None:
            with contextlib.suppress(KeyboardInterrupt):  # the child got the same Ctrl-C
                child.wait()
        return child.returncode


def run(arguments: Sequence[str]) -> int:
    """With the simulated school, or what DEMO names; `--own` starts the real data folder."""
    prepare(TO_RUN)
    if "--own" in arguments:
        return hand_over("facemark", "up", *(word for word in arguments if word != "--own"))
    return hand_over("facemark", "up", "--demo", os.environ.get("DEMO", "school"), *arguments)


def test(arguments: Sequence[str]) -> int:
    prepare(TO_TEST)
    return hand_over("pytest", "-n", "2", *arguments)


def test_fast(arguments: Sequence[str]) -> int:
    return test(["-m", "not slow and not browser and not postgresql", *arguments])


def lint(_arguments: Sequence[str]) -> int:
    prepare(TO_TEST)
    tools = venv_python().parent
    return max(subprocess.call([str(tools / tool), *options]) for tool, *options in LINTERS)


def engine(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] not in ENGINES:
        raise SetupError("Name the engine to install.", "One of: " + ", ".join(ENGINES))
    prepare(ENGINES[arguments[0]])
    return 0


def setup(_arguments: Sequence[str]) -> int:
    prepare(TO_TEST)
    return 0


COMMANDS = {
    "run": run,
    "test": test,
    "test-fast": test_fast,
    "lint": lint,
    "engine": engine,
    "setup": setup,
}


def split_command(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Without a command, or with options alone, FaceMark is started."""
    if not arguments or arguments[0].startswith("-"):
        return "run", list(arguments)
    return arguments[0], list(arguments[1:])


def stop(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def execute(name: str, arguments: Sequence[str]) -> int:
    if name not in COMMANDS:
        raise SetupError(f"There is no command '{name}'.", "One of: " + ", ".join(COMMANDS))
    missing = [module for module in ("venv", "ensurepip") if not importlib.util.find_spec(module)]
    problem = find_problem(sys.version_info[:2], missing)
    if problem:
        raise problem
    os.chdir(ROOT)
    return COMMANDS[name](arguments)


def main(arguments: Sequence[str]) -> int:
    name, rest = split_command(arguments)
    if rest[:1] in (["-h"], ["--help"]) and name == "run":
        print(__doc__)
        return 0
    signal.signal(signal.SIGTERM, stop)
    try:
        return execute(name, rest)
    except SetupError as error:
        say(f"\n{error}\n{error.hint}")
    except OSError as error:
        say(f"\n{error}\nThis folder must be writable by you, and FaceMark not running from it.")
    except KeyboardInterrupt:
        say("\nInterrupted. Run the same command to start over.")
        return 130
    return 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
