"""Somebody walks up to the door: camera, browser, models, database, all of them real."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from facemark.domain.faces import Frame
from facemark.testing.product import running_product
from tests.e2e.commands import Commands
from tools.kiosk_screens import open_browser, write_camera

astronaut = pytest.importorskip("skimage.data", reason="needs scikit-image").astronaut

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ZONE = "Europe/London"
PAIRING = re.compile(r"http://\S+/kiosk#\S+")


def portrait() -> Frame:
    return np.asarray(cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR), np.uint8)


def walk_past() -> list[Frame]:
    """An empty room, then the portrait moves through it. BGR, 640 x 360."""
    room = np.full((360, 640, 3), (200, 196, 190), np.uint8)
    person = np.asarray(cv2.resize(portrait(), (360, 360), interpolation=cv2.INTER_AREA), np.uint8)
    steps = []
    for x in range(40, 240, 5):
        step = room.copy()
        step[:, x : x + 360] = person
        steps.append(step)
    return [room] * 25 + steps


def prepare(facemark: Commands, folder: Path) -> None:
    photo = folder / "portrait.png"
    cv2.imwrite(str(photo), portrait())
    facemark.ok("institution", "add", "Elm School", "--zone", ZONE)
    facemark.ok("person", "add", "eileen", "Eileen Collins", "--group", "4B")
    facemark.ok("person", "add", "bob", "Bob Brown", "--group", "4B")
    facemark.ok("consent", "record", "eileen", "--by", "person")
    facemark.ok("enrol", "eileen", str(photo))
    now = datetime.now(ZoneInfo(ZONE))
    start, end = now - timedelta(minutes=2), now + timedelta(hours=3)
    times = ("--date", f"{start:%Y-%m-%d}", "--start", f"{start:%H:%M}", "--end", f"{end:%H:%M}")
    facemark.ok("session", "add", "School day", *times, "--group", "4B")


def standing(facemark: Commands) -> dict[str, str]:
    return {
        person["external_id"]: person["status"]
        for session in facemark.json("status")["sessions"]
        for person in session["people"]
    }


def scan(page: Page, text: str) -> None:
    page.evaluate(
        "(text) => [...text, 'Enter'].forEach((key) =>"
        " window.dispatchEvent(new KeyboardEvent('keydown', {key, cancelable: true})))",
        text,
    )


def test_a_face_and_a_pass_at_the_door_become_attendance(tmp_path: Path) -> None:
    facemark = Commands(tmp_path / "data")
    prepare(facemark, tmp_path)
    camera = write_camera(tmp_path / "camera.y4m", walk_past())
    issued = facemark.ok("pass", "issue", "bob").split()
    with (
        running_product(facemark.data) as product,
        sync_playwright() as playwright,
        open_browser(playwright, camera) as browser,
    ):
        said = facemark.ok("device", "pair", "Main door", "--url", product.gate_url)
        link = PAIRING.findall(said)[0]
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(60_000)
        page.goto(link)
        expect(page.locator("#faces .card")).to_contain_text("Eileen", timeout=60_000)
        assert standing(facemark) == {"eileen": "present", "bob": "expected"}

        scan(page, issued[-1])
        expect(page.locator("#passes .card")).to_contain_text("Bob", timeout=60_000)
        assert standing(facemark) == {"eileen": "present", "bob": "present"}

        facemark.ok("consent", "record", "eileen", "--answer", "withdrawn", "--by", "person")
        page.reload()
        expect(page.locator("#faces .card")).to_contain_text("show your pass", timeout=60_000)

        facemark.ok("device", "revoke", "Main door")
        heading = page.get_by_role("heading", name="This kiosk has been switched off")
        expect(heading).to_be_visible(timeout=60_000)
