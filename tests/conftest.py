"""What every test gets: settled settings, and Chromium for those that are marked `browser`."""

from __future__ import annotations

import os
import shutil

import hypothesis
import pytest

pytest_plugins = ("tests.databases",)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# How long one example takes says more about the other processes of the machine than about the code.
hypothesis.settings.register_profile("facemark", deadline=None)
hypothesis.settings.load_profile("facemark")


def find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def needs_postgresql(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    if parameters is not None and "backend" in parameters.params:
        return bool(parameters.params["backend"] == "postgresql")
    return "postgres_server" in getattr(item, "fixturenames", ())


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in filter(needs_postgresql, items):
        item.add_marker("postgresql")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or find_chromium() is not None:
        return
    reason = f"needs a browser on the path, one of: {', '.join(BROWSERS)}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def chromium_path() -> str:
    """For `playwright.chromium.launch(executable_path=...)`; mark the test `browser`."""
    path = find_chromium()
    assert path is not None, "a test that uses chromium_path must be marked browser"
    return path


@pytest.fixture(autouse=True)
def _no_settings_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own FACEMARK_ settings and DEMO change no test."""
    for name in [*os.environ]:
        if name.startswith("FACEMARK_") or name == "DEMO":
            monkeypatch.delenv(name)
