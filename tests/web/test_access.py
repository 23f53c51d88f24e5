"""Who gets through the door: every route, page or WebSocket, needs the printed link."""

from urllib.parse import urlencode

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from facemark.web.access import AccessGate, AccessPolicy

TOKEN = "the-token-of-this-start"
BASE = "http://127.0.0.1:8601"
POLICY = AccessPolicy(TOKEN, "dashboard", frozenset({"attendance.example"}))


async def _page(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"inside {request.url.path} {request.url.query}")


async def _echo(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("inside")
    await socket.close()


INSIDE = Starlette(
    routes=[
        WebSocketRoute("/_stcore/stream", _echo),
        Route("/{path:path}", _page, methods=["GET", "POST"]),
    ]
)


def visitor(*, base: str = BASE, cookie: str | None = None) -> TestClient:
    cookies = {POLICY.cookie_name: cookie} if cookie else {}
    app = AccessGate(INSIDE, POLICY)
    return TestClient(app, base_url=base, cookies=cookies, follow_redirects=False)


def guest(*, base: str = BASE) -> TestClient:
    return visitor(base=base, cookie=POLICY.cookie_value)


@pytest.mark.parametrize(
    "path", ["/", "/outbox", "/_stcore/health", "/static/index.js", "/media/x"]
)
def test_without_the_cookie_every_page_is_refused(path: str) -> None:
    answer = visitor().get(path)
    assert answer.status_code == 401
    assert answer.json()["code"] == "access_link_needed"


def test_a_browser_is_told_in_words_what_to_open() -> None:
    answer = visitor().get("/", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert "Open FaceMark with the link that was printed" in answer.text


def test_the_link_is_exchanged_for_a_cookie_and_leaves_the_address() -> None:
    answer = visitor().get("/outbox?state=waiting&access=" + TOKEN)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/outbox?state=waiting"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert TOKEN not in cookie


def test_who_followed_the_link_is_let_in_from_then_on() -> None:
    client = visitor()
    client.get("/?access=" + TOKEN)
    assert client.get("/outbox").text.startswith("inside")


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "é", TOKEN.upper()])
def test_another_token_opens_nothing(token: str) -> None:
    answer = visitor().get("/?" + urlencode({"access": token}))
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("value", ["wrong", TOKEN, '"', "é"])
def test_another_cookie_opens_nothing(value: str) -> None:
    header = f"{POLICY.cookie_name}={value}".encode()
    answer = visitor().get("/", headers={b"cookie": header})
    assert answer.status_code == 401


def test_the_cookie_of_the_other_app_opens_nothing() -> None:
    other = AccessPolicy(TOKEN, "gate")
    assert other.cookie_name != POLICY.cookie_name
    assert visitor(cookie=other.cookie_value).get("/").status_code == 401


def test_a_form_cannot_bring_the_token() -> None:
    assert visitor().post("/?access=" + TOKEN).status_code == 401


def test_the_redirect_stays_on_this_host() -> None:
    answer = visitor().get("//evil.example/%5Cx?access=" + TOKEN)
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith("//")


@pytest.mark.parametrize("path", ["/healthz", "/ready"])
def test_health_is_open_to_everybody(path: str) -> None:
    assert visitor().get(path).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "a b"])
def test_a_rebound_name_is_refused_even_with_the_cookie(host: str) -> None:
    answer = guest().get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["code"] == "host_not_allowed"


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8601", "localhost:8601", "192.168.1.20", "[::1]:8601", "attendance.example"]
)
def test_addresses_of_this_machine_are_accepted(host: str) -> None:
    assert guest().get("/", headers={"Host": host}).status_code == 200


def _stream(client: TestClient) -> str:
    return f"ws://{client.base_url.netloc.decode()}/_stcore/stream"


def connect(client: TestClient, origin: str | None) -> str:
    headers = {"Origin": origin} if origin is not None else {}
    with client.websocket_connect(_stream(client), headers=headers) as socket:
        return str(socket.receive_text())


def test_the_own_page_may_open_a_websocket() -> None:
    assert connect(guest(), BASE) == "inside"


def test_a_websocket_without_the_cookie_is_refused() -> None:
    with pytest.raises(WebSocketDenialResponse) as refusal:
        connect(visitor(), BASE)
    assert refusal.value.status_code == 401


@pytest.mark.parametrize(
    "origin",
    [None, "null", "http://evil.example", "http://127.0.0.1:8600", "http://localhost:8601"],
)
def test_a_websocket_of_another_page_is_refused_even_with_the_cookie(origin: str | None) -> None:
    with pytest.raises(WebSocketDenialResponse) as refusal:
        connect(guest(), origin)
    assert refusal.value.status_code == 403


def test_a_websocket_to_a_rebound_name_is_refused() -> None:
    client = guest(base="http://evil.example:8601")
    with pytest.raises(WebSocketDenialResponse) as refusal:
        connect(client, "http://evil.example:8601")
    assert refusal.value.status_code == 421


def test_a_token_in_the_address_opens_no_websocket() -> None:
    client = visitor()
    with (
        pytest.raises(WebSocketDenialResponse) as refusal,
        client.websocket_connect(f"{_stream(client)}?access={TOKEN}", headers={"Origin": BASE}),
    ):
        pass
    assert refusal.value.status_code == 401


def test_start_and_end_of_the_server_pass_through() -> None:
    seen: list[str] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def nothing() -> dict[str, str]:
        return {}

    async def drop(_message: object) -> None:
        return None

    import asyncio

    asyncio.run(AccessGate(inner, POLICY)({"type": "lifespan"}, nothing, drop))
    assert seen == ["lifespan"]
