"""`python -m tools.screenshots --out build/screenshots`: every page as people will see it.

Each page × light and dark × desktop and phone × empty and filled. Ends with 1 when a page scrolls
sideways.
"""

import argparse
import itertools
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from facemark.bootstrap import build_app
from facemark.config import Settings
from facemark.testing.product import RunningProduct, running_product
from tools.simulated_school import found_simulated_school

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES = {"desktop": (1280, 800), "phone": (360, 740)}
PAGES = {
    "today": ("/", ".fm-sentence, .fm-empty"),
    "outbox": ("/outbox", ".fm-sentence, .fm-empty"),
}
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Shot:
    page: str
    theme: str
    size: str

    @property
    def name(self) -> str:
        return f"{self.page}-{self.size}-{self.theme}"


def list_shots() -> Iterator[Shot]:
    return itertools.starmap(Shot, itertools.product(PAGES, THEMES, SIZES))


def draw_all(out: Path) -> list[str]:
    """The names of the pictures whose page is wider than its window."""
    out.mkdir(parents=True, exist_ok=True)
    wide: list[str] = []
    for filled in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            if filled:
                fill(Path(folder))
            with running_product(Path(folder)) as product:
                wide += draw_product(product, out, prefix="filled" if filled else "empty")
    return wide


def fill(folder: Path) -> None:
    app = build_app(Settings(data=folder))
    found_simulated_school(app)
    app.close()


def draw_product(product: RunningProduct, out: Path, *, prefix: str) -> list[str]:
    wide: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*CHROMIUM_OPTIONS]
        )
        for shot in list_shots():
            page = open_page(browser, shot, product.link)
            name = f"{prefix}-{shot.name}"
            page.screenshot(path=out / f"{name}.png", full_page=False)
            if scrolls_sideways(page):
                wide.append(name)
            page.context.close()
        browser.close()
    return wide


def open_page(browser: Browser, shot: Shot, link: str) -> Page:
    width, height = SIZES[shot.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if shot.size == "phone" else 1,
        color_scheme="dark" if shot.theme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(link)
    path, landmark = PAGES[shot.page]
    if path != "/":
        address = urlsplit(link)
        page.goto(f"{address.scheme}://{address.netloc}{path}")
    page.locator(landmark).first.wait_for(timeout=60_000)
    fit_height(page, width, height)
    return page


def fit_height(page: Page, width: int, height: int) -> None:
    """Streamlit scrolls inside the page, so the window grows until everything is in view."""
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')", timeout=60_000)
    page.wait_for_load_state("networkidle")
    inside = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, int(inside))})


def scrolls_sideways(page: Page) -> bool:
    return bool(
        page.evaluate(
            "[document.documentElement, document.querySelector('[data-testid=stMain]')]"
            ".some(e => e.scrollWidth > e.clientWidth)"
        )
    )


def find_chromium() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        sys.exit(f"screenshots need a browser on the path, one of: {', '.join(CHROMIUM)}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/screenshots"))
    wide = draw_all(parser.parse_args().out)
    if wide:
        sys.exit("These scroll sideways: " + ", ".join(wide))


if __name__ == "__main__":
    main()
