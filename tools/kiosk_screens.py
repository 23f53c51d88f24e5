"""`python -m tools.kiosk_screens --out build/kiosk`: every state of the kiosk page, at three sizes.

No server runs: the page gets its files and its messages from here, and the browser's camera plays
an empty room or a drawn crowd.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from playwright.sync_api import Browser, Page, Playwright, Route, WebSocketRoute, sync_playwright

from facemark.domain.faces import Frame
from facemark.web.kiosk.routes import FOLDER, PAGE_POLICY, render_page
from tools.screenshots import CHROMIUM_OPTIONS, find_chromium

ADDRESS = "http://localhost:8600"
SIZES = {"landscape": (1280, 800), "portrait": (800, 1280), "phone": (360, 740)}
FAKE_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

DAY = {
    "type": "day",
    "institution": "Elm School",
    "site": "Main gate",
    "zone": "Europe/London",
    "now": "2026-03-02T07:58:20Z",
    "running": {"name": "School day", "start": "08:00", "begun": False},
    "following": None,
    "faces": True,
}
NOBODY = {"type": "view", "faces": [], "passes": []}


@dataclass
class ScriptedGate:
    """Plays the gate for one page. `frames`, `texts` and `posted` are what the page sent.

    Without slots, because Playwright hangs attributes of its own on whoever handles a route.
    """

    day: Mapping[str, Any] = field(default_factory=lambda: DAY)
    view: Mapping[str, Any] = field(default_factory=lambda: NOBODY)
    pass_answer: Mapping[str, Any] | None = None
    refusal: str | None = None
    down: bool = False
    answering: bool = True
    frames: list[bytes] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    sockets: list[WebSocketRoute] = field(default_factory=list)

    def serve(self, page: Page) -> None:
        page.route(f"{ADDRESS}/**", self._answer)
        page.route_web_socket("**/kiosk/socket", self._connect)

    def say(self, message: Mapping[str, Any]) -> None:
        self.sockets[-1].send(json.dumps(message))

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(ADDRESS)
        if path == "/kiosk":
            headers = {"Content-Security-Policy": PAGE_POLICY, "Content-Type": "text/html"}
            route.fulfill(body=render_page(), headers=headers)
        elif path.startswith("/kiosk/static/"):
            file = FOLDER / "static" / path.rpartition("/")[2]
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        elif self.down:
            route.abort()
        elif self.refusal:
            route.fulfill(status=403, body=json.dumps({"code": self.refusal}))
        else:
            self.posted += filter(None, [route.request.post_data])
            route.fulfill(status=204)

    def _connect(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        socket.on_message(self._hear)

    def _hear(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            once = {**self.view, "passes": []} if self.frames else self.view
            self.frames.append(message)
            if self.answering:
                self.say(once)
            return
        said = json.loads(message)
        self.texts.append(said)
        if said["type"] == "alive":
            self.say(self.day)
        elif self.pass_answer is not None:
            self.say(self.pass_answer)


def view(*faces: Mapping[str, Any], passes: tuple[Mapping[str, Any], ...] = ()) -> dict[str, Any]:
    return {"type": "view", "faces": list(faces), "passes": list(passes)}


def card(look: str, title: str = "", line: str = "", time: str = "") -> dict[str, str]:
    return {"look": look, "title": title, "line": line, "time": time}


def face(state: str, shown: Mapping[str, str], *, track: int = 1) -> dict[str, Any]:
    """At the place of the `track`th person of the drawn crowd."""
    left, top, width, height = PLACES[track - 1]
    return {"track": track, "state": state, "box": [left, top, width, height], **shown}


PLACES = ((0.42, 0.24, 0.16, 0.36), (0.13, 0.3, 0.13, 0.3), (0.74, 0.28, 0.13, 0.3))
ON_TIME = card("present", "Amélie", "on time", "07:58")
LATE = card("late", "Konstantinos", "7 minutes late — have a good day", "08:07")
ALREADY = card("already", "Bob", "already in at 07:51", "07:51")
NOTED = card("noted", "Vera", "noted — nothing is planned for you now", "10:20")
REFUSED = card("refused", "This pass is no longer valid", "Ask the office for a new one")

STATES: Mapping[str, Callable[[], ScriptedGate]] = {
    "idle": ScriptedGate,
    "idle-passes-only": lambda: ScriptedGate(day={**DAY, "faces": False, "running": None}),
    "searching": lambda: ScriptedGate(view=view(face("searching", card("searching")))),
    "hint": lambda: ScriptedGate(view=view(face("hint", card("hint", "Come closer")))),
    "on-time": lambda: ScriptedGate(view=view(face("on_time", ON_TIME))),
    "late": lambda: ScriptedGate(view=view(face("late", LATE))),
    "already-in": lambda: ScriptedGate(view=view(face("already_in", ALREADY))),
    "not-expected": lambda: ScriptedGate(view=view(face("not_expected", NOTED))),
    "several": lambda: ScriptedGate(
        view=view(
            face("on_time", ON_TIME),
            face("late", LATE, track=2),
            face("searching", card("searching"), track=3),
        )
    ),
    "ambiguous": lambda: ScriptedGate(
        view=view(
            face("ambiguous", card("ask", "Please show your pass", "I am not sure who you are"))
        )
    ),
    "unknown": lambda: ScriptedGate(
        view=view(face("unknown", card("ask", "Please show your pass", "or ask at the desk")))
    ),
    "pass-read": lambda: ScriptedGate(view=view(passes=({"state": "on_time", **ON_TIME},))),
    "pass-refused": lambda: ScriptedGate(view=view(passes=({"state": "refused", **REFUSED},))),
    "offline": lambda: ScriptedGate(down=True),
    "revoked": lambda: ScriptedGate(refusal="device_revoked"),
    "not-paired": lambda: ScriptedGate(refusal="device_not_paired"),
    "camera-lost": ScriptedGate,
}
SETTLED: Mapping[str, str] = {
    "idle": "body[data-scene=idle]",
    "idle-passes-only": "body[data-scene=idle]",
    "searching": ".ring",
    "pass-read": "#passes .card",
    "pass-refused": "#passes .card",
    "offline": ".notice-card[data-look=wire]",
    "revoked": ".notice-card[data-look=off]",
    "not-paired": ".notice-card[data-look=pair] p:not(:empty)",
    "camera-lost": ".notice-card[data-look=camera]",
}
"""By what a state is known to be drawn; a face's card where nothing is said."""


def draw_room(people: int) -> Frame:
    """A hallway, with heads where `PLACES` says. BGR, 1280 x 720."""
    height, width = 720, 1280
    room = np.full((height, width, 3), (214, 220, 222), np.uint8)
    cv2.rectangle(room, (0, 520), (width, height), (176, 184, 190), -1)
    for x in range(90, width, 290):
        cv2.rectangle(room, (x, 110), (x + 170, 520), (196, 204, 208), -1)
        cv2.circle(room, (x + 148, 330), 7, (150, 158, 165), -1)
    shades = (((96, 128, 176), (150, 96, 60)), ((70, 96, 140), (90, 110, 60)))
    for number, (left, top, wide, high) in enumerate(PLACES[:people]):
        skin, coat = shades[number % 2]
        x, y = int((left + wide / 2) * width), int((top + high / 2) * height)
        across, down = int(wide * width / 2), int(high * height / 2)
        cv2.ellipse(room, (x, y + 3 * down), (2 * across, 2 * down), 0, 0, 360, coat, -1)
        cv2.ellipse(
            room, (x, y - down // 6), (across, int(1.1 * down)), 0, 0, 360, (52, 62, 74), -1
        )
        cv2.ellipse(room, (x, y), (int(0.86 * across), down), 0, 0, 360, skin, -1)
    return room


def write_camera(path: Path, pictures: list[Frame], *, fps: int = 10) -> Path:
    """What Chromium's fake camera plays again and again: y4m, 4:2:0."""
    height, width = pictures[0].shape[:2]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
        for picture in pictures:
            planes = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), np.uint8)
            file.write(b"FRAME\n" + planes.tobytes())
    return path


def blink(picture: Frame) -> list[Frame]:
    """Something in the corner changes, so that the page keeps sending."""
    other = picture.copy()
    other[:240, :240] = 255 - other[:240, :240] // 2
    return [picture] * 5 + [other] * 5


@contextmanager
def open_browser(playwright: Playwright, camera: Path) -> Iterator[Browser]:
    options = [*CHROMIUM_OPTIONS, *FAKE_CAMERA, f"--use-file-for-fake-video-capture={camera}"]
    browser = playwright.chromium.launch(executable_path=find_chromium(), args=options)
    yield browser
    browser.close()


def open_kiosk(browser: Browser, gate: ScriptedGate, size: tuple[int, int] = (1280, 800)) -> Page:
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(20_000)
    gate.serve(page)
    page.goto(f"{ADDRESS}/kiosk")
    return page


def end_camera(page: Page) -> None:
    """As when its plug is pulled."""
    page.wait_for_function("document.querySelector('#camera').srcObject")
    page.evaluate(
        "() => { const [track] = document.querySelector('#camera').srcObject.getTracks();"
        " navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', "
        "'NotFoundError')); track.stop(); track.dispatchEvent(new Event('ended')); }"
    )


def people_in(state: str) -> int:
    gate = STATES[state]()
    return len(gate.view["faces"])


def draw_state(browser: Browser, state: str, size: str, out: Path) -> bool:
    """Returns whether the page is wider than its window."""
    page = open_kiosk(browser, STATES[state](), SIZES[size])
    if state == "camera-lost":
        end_camera(page)
    page.locator(SETTLED.get(state, "#faces .card")).first.wait_for()
    page.wait_for_timeout(700)
    page.screenshot(path=out / f"{state}-{size}.png")
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.close()
    return bool(wide)


def draw_all(out: Path, states: list[str]) -> list[str]:
    out.mkdir(parents=True, exist_ok=True)
    wide = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for people in sorted({people_in(state) for state in states}):
            camera = write_camera(Path(folder) / f"{people}.y4m", blink(draw_room(people)))
            with open_browser(playwright, camera) as browser:
                for state in (s for s in states if people_in(s) == people):
                    wide += [
                        f"{state}-{size}" for size in SIZES if draw_state(browser, state, size, out)
                    ]
    return wide


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("build/kiosk"))
    parser.add_argument("--state", action="append", choices=[*STATES])
    arguments = parser.parse_args()
    wide = draw_all(arguments.out, arguments.state or [*STATES])
    sys.exit(f"scrolls sideways: {', '.join(wide)}" if wide else 0)


if __name__ == "__main__":
    main()
