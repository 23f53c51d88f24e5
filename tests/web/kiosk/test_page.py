"""The kiosk page in a real browser, against a gate that follows a script."""

import io
import time
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tools.kiosk_screens import (
    ADDRESS,
    ON_TIME,
    REFUSED,
    ScriptedGate,
    blink,
    draw_room,
    end_camera,
    face,
    open_browser,
    open_kiosk,
    view,
    write_camera,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASS = "FM1.k1ey." + "Ab9-_" * 20


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def moving(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    camera = tmp_path_factory.mktemp("camera") / "moving.y4m"
    with open_browser(playwright, write_camera(camera, blink(draw_room(1)))) as browser:
        yield browser


@pytest.fixture(scope="module")
def still(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    camera = tmp_path_factory.mktemp("camera") / "still.y4m"
    with open_browser(playwright, write_camera(camera, [draw_room(0)] * 2)) as browser:
        yield browser


def wait_until(page: Page, met: Callable[[], bool], within_s: float = 15.0) -> None:
    """Lets the page's messages in meanwhile."""
    ends = time.monotonic() + within_s
    while not met():
        assert time.monotonic() < ends, "waited in vain"
        page.wait_for_timeout(50)


def scan(page: Page, text: str) -> None:
    """As a scanner types: a burst of keys, then Enter, wherever the focus is.

    In one go, because a busy page would stamp made-up events late; the browser stamps real keys
    when they are pressed.
    """
    page.evaluate(
        "(text) => { for (const key of [...text, 'Enter'])"
        " window.dispatchEvent(new KeyboardEvent('keydown', {key, cancelable: true})); }",
        text,
    )


def typed(gate: ScriptedGate) -> list[str]:
    return [said["text"] for said in gate.texts if said["type"] == "pass"]


def test_a_frame_is_a_small_jpeg_and_one_at_a_time(moving: Browser) -> None:
    gate = ScriptedGate()
    gate.answering = False
    page = open_kiosk(moving, gate)
    wait_until(page, lambda: len(gate.frames) == 1)
    page.wait_for_timeout(1000)
    assert len(gate.frames) == 1
    picture = Image.open(io.BytesIO(gate.frames[0]))
    assert (picture.format, max(picture.size)) == ("JPEG", 640)
    gate.answering = True
    gate.say(view())
    wait_until(page, lambda: len(gate.frames) > 2)
    page.close()


def test_nothing_is_sent_while_nothing_moves(still: Browser) -> None:
    gate = ScriptedGate()
    page = open_kiosk(still, gate)
    wait_until(page, lambda: len(gate.frames) > 0)
    page.wait_for_timeout(3000)
    sent = len(gate.frames)
    page.wait_for_timeout(1500)
    assert len(gate.frames) == sent
    expect(page.locator("body")).to_have_attribute("data-scene", "idle")
    page.close()


def test_a_welcome_stands_below_the_mirrored_face_and_goes(moving: Browser) -> None:
    left_of_picture = {**face("on_time", ON_TIME), "box": [0.1, 0.2, 0.15, 0.3]}
    gate = ScriptedGate(view=view(left_of_picture))
    page = open_kiosk(moving, gate)
    card = page.locator("#faces .card")
    expect(card).to_contain_text("Amélie")
    expect(card).to_contain_text("07:58")
    expect(page.get_by_role("status")).to_have_text("Amélie, 07:58, on time")
    ring = page.locator(".ring").bounding_box()
    assert ring is not None
    assert ring["x"] > 640
    gate.view = view()
    expect(card).to_have_count(0)
    page.close()


def test_a_scanner_that_types_needs_no_focus(moving: Browser) -> None:
    gate = ScriptedGate(pass_answer={"type": "pass", "state": "on_time", **ON_TIME})
    page = open_kiosk(moving, gate)
    wait_until(page, lambda: bool(gate.texts))
    page.locator("#sound").focus()
    scan(page, PASS)
    expect(page.locator("#passes .card")).to_contain_text("Amélie")
    assert typed(gate) == [PASS]
    expect(page.locator("#sound")).to_have_attribute("aria-pressed", "false")
    page.close()


def test_slow_keys_are_a_person_and_no_scanner(moving: Browser) -> None:
    gate = ScriptedGate()
    page = open_kiosk(moving, gate)
    wait_until(page, lambda: bool(gate.texts))
    page.keyboard.type("FM1.slow.hand", delay=130)
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert typed(gate) == []
    page.close()


def test_a_refused_pass_says_why(moving: Browser) -> None:
    gate = ScriptedGate(pass_answer={"type": "pass", "state": "refused", **REFUSED})
    page = open_kiosk(moving, gate)
    wait_until(page, lambda: bool(gate.texts))
    scan(page, PASS)
    expect(page.locator("#passes")).to_contain_text("This pass is no longer valid")
    expect(page.locator("#passes")).to_contain_text("Ask the office for a new one")
    page.close()


def test_a_camera_that_is_gone_is_said_within_three_seconds(moving: Browser) -> None:
    gate = ScriptedGate(pass_answer={"type": "pass", "state": "on_time", **ON_TIME})
    page = open_kiosk(moving, gate)
    wait_until(page, lambda: bool(gate.frames))
    end_camera(page)
    notice = page.get_by_role("heading", name="The camera does not answer")
    notice.wait_for(timeout=3000)
    expect(page.get_by_text("Scan your pass with the scanner")).to_be_visible()
    scan(page, PASS)
    expect(page.locator("#passes .card")).to_contain_text("Amélie")
    page.close()


def test_a_frozen_camera_is_said_within_three_seconds(moving: Browser) -> None:
    page = open_kiosk(moving, ScriptedGate())
    expect(page.locator("#camera.on")).to_have_count(1)
    page.evaluate("document.querySelector('#camera').pause()")
    page.get_by_role("heading", name="The camera does not answer").wait_for(timeout=3000)
    expect(page.locator("#camera.on")).to_have_count(1, timeout=15_000)
    page.close()


def test_a_lost_connection_is_said_and_taken_up_again(moving: Browser) -> None:
    gate = ScriptedGate()
    page = open_kiosk(moving, gate)
    wait_until(page, lambda: bool(gate.frames))
    gate.down = True
    gate.sockets[-1].close()
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.get_by_text("Please sign in at the desk")).to_be_visible()
    gate.down = False
    before = len(gate.frames)
    wait_until(page, lambda: len(gate.sockets) > 1 and len(gate.frames) > before)
    expect(page.get_by_role("heading", name="No connection")).to_be_hidden()
    page.close()


def test_a_revoked_kiosk_says_so_and_sends_no_more(moving: Browser) -> None:
    gate = ScriptedGate()
    page = open_kiosk(moving, gate)
    wait_until(page, lambda: bool(gate.frames))
    gate.refusal = "device_revoked"
    gate.say({"type": "refused", "code": "device_revoked", "message": "", "hint": ""})
    expect(page.get_by_role("heading", name="This kiosk has been switched off")).to_be_visible()
    sent = len(gate.frames)
    page.wait_for_timeout(1000)
    assert len(gate.frames) == sent
    page.close()


def test_the_pairing_secret_leaves_the_address_at_once(moving: Browser) -> None:
    gate = ScriptedGate()
    page = moving.new_page()
    gate.serve(page)
    page.goto(f"{ADDRESS}/kiosk#1-secret")
    wait_until(page, lambda: bool(gate.texts))
    assert page.url == f"{ADDRESS}/kiosk"
    assert gate.posted == ['{"secret":"1-secret"}']
    page.close()


def test_one_tap_turns_the_sound_on(moving: Browser) -> None:
    page = open_kiosk(moving, ScriptedGate())
    sound = page.locator("#sound")
    expect(sound).to_have_attribute("aria-pressed", "false")
    page.locator("#stage").click()
    expect(sound).to_have_attribute("aria-pressed", "true")
    sound.click()
    expect(sound).to_have_attribute("aria-pressed", "false")
    page.close()
