"""A kiosk's way in, and what it is told: nothing without its cookie, nothing that is not stored."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession

from facemark.adapters.db.store import SqlStore
from facemark.adapters.keys.signing import Ed25519PassSigner
from facemark.adapters.qr.drawing import render_qr_png
from facemark.bootstrap import Reading, Vision
from facemark.domain.consents import ConsentAnswer
from facemark.domain.errors import Unavailable
from facemark.domain.faces import Box, Frame
from facemark.domain.people import Institution
from facemark.domain.scans import Direction, Scan, ScanMethod
from facemark.services.devices import pair_device, revoke_device
from facemark.services.passes import issue_pass, revoke_passes
from facemark.services.tenant import Tenant
from facemark.testing.cast import ALICE, at, found_school
from facemark.testing.clock import VirtualClock
from facemark.testing.vision import FakeFaceEngine, ScriptedFace, scripted_frame
from facemark.web.access import AccessPolicy
from facemark.web.gate import build_gate
from facemark.web.kiosk.connection import MAX_FRAME_BYTES, REFUSED
from facemark.web.kiosk.eyes import Eyes
from facemark.web.kiosk.routes import COOKIE, KIOSK_PATH, Kiosks
from facemark.web.readiness import Readiness
from tests.services.faces import CALIBRATION, answer_consent, enrol, face_of

ORIGIN = "http://127.0.0.1:8600"
SOCKET = "ws://127.0.0.1:8600/kiosk/socket"
SIGNER = Ed25519PassSigner()
LEFT, RIGHT = Box(4, 10, 20, 30), Box(38, 10, 20, 30)


@dataclass(frozen=True, slots=True)
class NumberedFrames:
    """Decodes b"7" to the seventh scripted frame; pictures as the real one does."""

    real: Reading

    def decode(self, data: bytes) -> Frame:
        return scripted_frame(int(data)) if data.isdigit() else self.real.decoder.decode(data)


@dataclass(slots=True)
class Gate:
    tenant: Tenant
    clock: VirtualClock
    client: TestClient

    def pair(self, name: str = "Main door") -> None:
        link = pair_device(self.tenant, name, Direction.IN)
        answer = self.post_pairing(link.secret)
        assert answer == (204, None)

    def post_pairing(self, secret: object, origin: str = ORIGIN) -> tuple[int, str | None]:
        body = json.dumps({"secret": secret})
        answer = self.client.post("/kiosk/pair", content=body, headers={"Origin": origin})
        return answer.status_code, answer.json()["code"] if answer.content else None

    @contextmanager
    def connect(self, origin: str = ORIGIN) -> Iterator["Kiosk"]:
        headers = {"Origin": origin}
        with self.client.websocket_connect(SOCKET, headers=headers) as socket:
            yield Kiosk(socket, self.clock)

    def refusal(self, origin: str = ORIGIN) -> tuple[int, str]:
        with pytest.raises(WebSocketDenialResponse) as denied, self.connect(origin):
            pass
        return denied.value.status_code, denied.value.json()["code"]

    def stored(self) -> list[Scan]:
        with self.tenant.read() as uow:
            return uow.scans.list_scans(None, since=at(0), until=at(23))


@dataclass(frozen=True, slots=True)
class Kiosk:
    socket: WebSocketTestSession
    clock: VirtualClock

    def show(self, frame: int | bytes) -> Any:
        self.clock.wait(0.3)
        self.socket.send_bytes(str(frame).encode() if isinstance(frame, int) else frame)
        return self.socket.receive_json()

    def say(self, **message: object) -> Any:
        self.socket.send_text(json.dumps(message))
        return self.socket.receive_json()


def open_gate(store: SqlStore, script: list[list[ScriptedFace]] | None) -> Iterator[Gate]:
    """`script` None: a product without face models."""
    clock = VirtualClock(at(7, 58))
    tenant = Tenant(store, found_school(store).id, clock, "test")
    engine = FakeFaceEngine(script or [])

    def load() -> Vision:
        if script is None:
            raise Unavailable("face_weights_missing", "no weights", "install them")
        reading = read()
        return Vision(engine, engine, reading.decoder, reading.qr, CALIBRATION, "")

    def read() -> Reading:
        from facemark.bootstrap import build_reading

        real = build_reading()
        return Reading(NumberedFrames(real), real.qr)

    eyes = Eyes(load, 0.003, read)

    def monotonic() -> float:
        return clock.at.timestamp()

    kiosks = Kiosks(store, clock, SIGNER, eyes, cool_down_s=300.0, monotonic=monotonic)
    policy = AccessPolicy("token", "gate", device_path=KIOSK_PATH)
    app = build_gate(Readiness(()), policy, dashboard_port=8601, more=kiosks.routes())
    with TestClient(app, base_url=ORIGIN) as client:
        yield Gate(tenant, clock, client)
    eyes.close()


@pytest.fixture
def store(sqlite_url: str, keys: Any) -> Iterator[SqlStore]:
    store = SqlStore(sqlite_url, keys)
    yield store
    store.close()


@pytest.fixture
def gate(store: SqlStore) -> Iterator[Gate]:
    """Frames 0 to 9 show alice, 10 to 19 alice and bob, 20 to 29 a stranger, later ones nobody."""
    alice, bob = face_of("alice", LEFT), face_of("bob", RIGHT)
    script = [[alice]] * 10 + [[alice, bob]] * 10 + [[face_of("stranger", RIGHT)]] * 10
    for gate in open_gate(store, script):
        for person in ("alice", "bob"):
            answer_consent(gate.tenant, person)
            enrol(gate.tenant, person, [face_of(person)])
        yield gate


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


def held_up(text: str) -> bytes:
    """A frame with the pass in it."""
    frame = Image.new("L", (640, 480), 120)
    code = Image.open(io.BytesIO(render_qr_png(text))).convert("L").resize((360, 360))
    frame.paste(code, (140, 60))
    return jpeg(frame)


def test_without_a_cookie_there_is_no_socket(gate: Gate) -> None:
    assert gate.refusal() == (401, "device_not_paired")
    gate.client.cookies.set(COOKIE, "1-guessed")
    assert gate.refusal() == (401, "device_not_paired")


def test_the_cookie_of_the_start_link_is_no_kiosk(gate: Gate) -> None:
    policy = AccessPolicy("token", "gate")
    gate.client.cookies.set(policy.cookie_name, policy.cookie_value)
    assert gate.refusal() == (401, "device_not_paired")


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:8601", ""])
def test_a_page_of_another_site_gets_no_socket(gate: Gate, origin: str) -> None:
    gate.pair()
    assert gate.refusal(origin) == (403, "origin_not_allowed")


def test_a_page_of_another_site_cannot_pair(gate: Gate) -> None:
    link = pair_device(gate.tenant, "Door", Direction.IN)
    assert gate.post_pairing(link.secret, "http://evil.example") == (403, "origin_not_allowed")
    assert gate.post_pairing(link.secret) == (204, None)
    assert gate.post_pairing(link.secret) == (403, "pairing_link_invalid")


@pytest.mark.parametrize("secret", [None, 7, ["x"], "x" * 2000])
def test_a_pairing_that_cannot_be_read_is_refused(gate: Gate, secret: object) -> None:
    status, code = gate.post_pairing(secret)
    assert (status, code) == (422, "pairing_unreadable")


def test_the_cookie_is_for_the_kiosk_alone_and_out_of_reach_of_scripts(gate: Gate) -> None:
    link = pair_device(gate.tenant, "Door", Direction.IN)
    body = json.dumps({"secret": link.secret})
    answer = gate.client.post("/kiosk/pair", content=body, headers={"Origin": ORIGIN})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/kiosk" in cookie
    assert link.secret.lower() not in cookie


def test_the_kiosk_cookie_opens_nothing_else(gate: Gate) -> None:
    gate.pair()
    assert gate.client.get("/").status_code == 401
    assert gate.client.get("/kioskx").status_code == 401
    assert gate.client.get("/kiosk/device").status_code == 204


def test_the_page_loads_before_pairing_and_runs_only_our_scripts(gate: Gate) -> None:
    page = gate.client.get("/kiosk")
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert gate.client.get("/kiosk/static/kiosk.js").status_code == 200
    assert gate.client.get("/kiosk/device").json()["code"] == "device_not_paired"


def test_a_face_is_greeted_once_it_is_stored(gate: Gate) -> None:
    gate.pair()
    with gate.connect() as kiosk:
        views = [kiosk.show(number) for number in range(3)]
        (face,) = views[-1]["faces"]
        assert (face["state"], face["title"], face["line"]) == ("on_time", "Alice", "on time")
        assert face["time"] == "07:58"
        assert face["box"] == [0.0625, 0.1562, 0.3125, 0.4688]
        (scan,) = gate.stored()
        assert (scan.person_id, scan.method) == (ALICE.id, ScanMethod.FACE)
    assert views[0]["faces"][0]["state"] == "searching"


def test_several_faces_are_greeted_each(gate: Gate) -> None:
    gate.pair()
    with gate.connect() as kiosk:
        view = [kiosk.show(number) for number in range(10, 14)][-1]
    assert [face["title"] for face in view["faces"]] == ["Alice", "Bob"]
    assert len(gate.stored()) == 2


def test_after_a_reconnect_nobody_is_stored_twice_on_time(gate: Gate) -> None:
    gate.pair()
    for _ in range(2):
        with gate.connect() as kiosk:
            view = [kiosk.show(number) for number in range(3)][-1]
        gate.clock.wait(90)
    (face,) = view["faces"]
    assert (face["state"], face["line"]) == ("already_in", "already in at 07:58")


def test_consent_withdrawn_while_in_view_ends_the_recognition(gate: Gate) -> None:
    gate.pair()
    with gate.connect() as kiosk:
        assert [kiosk.show(n) for n in range(3)][-1]["faces"][0]["title"] == "Alice"
        answer_consent(gate.tenant, "alice", ConsentAnswer.WITHDRAWN)
        assert kiosk.show(3)["faces"][0]["title"] != "Alice"


def test_a_pass_held_into_the_picture_is_read(gate: Gate) -> None:
    gate.pair()
    text = issue_pass(gate.tenant, "alice", SIGNER).text
    with gate.connect() as kiosk:
        view = kiosk.show(held_up(text))
        assert view["faces"] == []
        (answer,) = view["passes"]
        assert (answer["title"], answer["line"]) == ("Alice", "on time")
        assert gate.stored()[0].method is ScanMethod.PASS
        assert kiosk.show(held_up(text))["passes"] == []


def test_a_typed_pass_is_answered_like_one_in_view(gate: Gate) -> None:
    gate.pair()
    text = issue_pass(gate.tenant, "bob", SIGNER).text
    with gate.connect() as kiosk:
        answer = kiosk.say(type="pass", text=f" {text} ")
        assert (answer["type"], answer["title"], answer["state"]) == ("pass", "Bob", "on_time")
        revoke_passes(gate.tenant, "bob")
        answer = kiosk.say(type="pass", text=text)
    assert (answer["state"], answer["code"]) == ("refused", "pass_revoked")
    assert answer["title"] == "This pass is no longer valid"
    assert len(gate.stored()) == 1


def test_without_face_models_passes_work_and_the_page_says_so(store: SqlStore) -> None:
    for gate in open_gate(store, None):
        gate.pair()
        text = issue_pass(gate.tenant, "alice", SIGNER).text
        with gate.connect() as kiosk:
            assert kiosk.say(type="alive", camera=True)["faces"] is False
            (answer,) = kiosk.show(held_up(text))["passes"]
            assert answer["title"] == "Alice"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image_unreadable"),
        (b"\xff\xd8\xff\xe0 not really", "image_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "image_unreadable"),
        (bytes(MAX_FRAME_BYTES + 1), "frame_too_large"),
    ],
    ids=["empty", "jpeg", "png", "large"],
)
def test_hostile_bytes_get_a_coded_answer_and_the_kiosk_goes_on(
    gate: Gate, data: bytes, code: str
) -> None:
    gate.pair()
    with gate.connect() as kiosk:
        answer = kiosk.show(data)
        assert (answer["type"], answer["code"]) == ("problem", code)
        assert kiosk.show(40)["type"] == "view"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"type":"other"}', "x" * 5000, "[" * 900])
def test_hostile_texts_get_a_coded_answer_and_the_kiosk_goes_on(gate: Gate, text: str) -> None:
    gate.pair()
    with gate.connect() as kiosk:
        kiosk.socket.send_text(text)
        assert kiosk.socket.receive_json()["code"] == "message_unknown"
        assert kiosk.say(type="alive", camera=False)["type"] == "day"


def test_any_picture_is_a_frame(gate: Gate) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (360, 640, 3), np.uint8)
    gate.pair()
    with gate.connect() as kiosk:
        assert kiosk.show(jpeg(Image.fromarray(noise)))["type"] == "view"


def test_a_revoked_device_is_told_at_its_next_frame_and_let_go(gate: Gate) -> None:
    gate.pair()
    with gate.connect() as kiosk:
        kiosk.show(0)
        revoke_device(gate.tenant, "Main door")
        answer = kiosk.show(1)
        assert (answer["type"], answer["code"]) == ("refused", "device_revoked")
        closed = kiosk.socket.receive()
        assert (closed["type"], closed["code"]) == ("websocket.close", REFUSED)
    assert gate.refusal() == (401, "device_revoked")
    assert gate.client.get("/kiosk/device").json()["code"] == "device_revoked"


def test_the_day_is_told_with_the_time_of_the_gate(gate: Gate) -> None:
    gate.pair()
    with gate.connect() as kiosk:
        day = kiosk.say(type="alive", camera=True)
    assert (day["institution"], day["site"], day["zone"]) == (
        "Elm School",
        "Main gate",
        "Europe/London",
    )
    assert day["now"] == "2026-03-02T07:58:00+00:00"
    assert day["running"] == {"name": "School day", "start": "08:00", "begun": False}
    assert day["faces"] is True


def test_a_kiosk_whose_camera_works_watches_the_door(gate: Gate) -> None:
    gate.pair()
    with gate.connect() as kiosk:
        for _ in range(3):
            kiosk.say(type="alive", camera=True)
            gate.clock.wait(10)
        kiosk.say(type="alive", camera=True)
    with gate.tenant.read() as uow:
        assert uow.scans.was_watched(at(7, 58), at(7, 58, 5))


def test_nothing_is_loaded_before_the_first_kiosk(store: SqlStore, school: Institution) -> None:
    def load() -> Any:
        raise AssertionError("loaded too early")

    eyes = Eyes(load, 0.003, load)
    kiosks = Kiosks(store, VirtualClock(at(8)), SIGNER, eyes, cool_down_s=300.0)
    policy = AccessPolicy("token", "gate", device_path=KIOSK_PATH)
    app = build_gate(Readiness(()), policy, dashboard_port=8601, more=kiosks.routes())
    client = TestClient(app, base_url=ORIGIN)
    assert client.get("/healthz").status_code == 200
    assert client.get("/kiosk").status_code == 200
    eyes.close()
