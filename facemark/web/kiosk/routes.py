"""`/kiosk`: the page, its files, its pairing and its socket."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from pathlib import Path
from string import Template

from anyio import CapacityLimiter, to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from facemark.bootstrap import App, build_vision
from facemark.domain.errors import FaceMarkError, InvalidInput, Refused, Unavailable
from facemark.domain.ids import PersonId
from facemark.services.devices import Pairing, accept_pairing, find_device
from facemark.services.kiosk import Door
from facemark.services.passes import find_holder
from facemark.services.ports.passes import PassSigner
from facemark.services.ports.store import Store
from facemark.services.ports.time import Clock
from facemark.services.recognition import Recogniser
from facemark.services.tenant import Tenant
from facemark.web.access import WRONG_ORIGIN, is_same_origin
from facemark.web.kiosk.connection import Connection
from facemark.web.kiosk.eyes import Eyes
from facemark.web.kiosk.wording import page_words
from facemark.web.problems import problem

KIOSK_PATH = "/kiosk"
COOKIE = "facemark_kiosk"
COOKIE_AGE_S = 400 * 24 * 3600
"""The longest that browsers keep a cookie; it is renewed whenever the page is opened."""

MAX_KIOSKS = 32
MAX_PAIRING_BYTES = 1_000
WORKING_SIDE = 480
"""Where faces are searched. One too small to be found in it is too small to be named anyway."""

FOLDER = Path(__file__).parent
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(slots=True)
class Kiosks:
    """All kiosks of this process. `limiter`: calls into the database at one time."""

    store: Store
    clock: Clock
    signer: PassSigner
    eyes: Eyes
    cool_down_s: float
    secure: bool = False
    monotonic: Callable[[], float] = time.monotonic
    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(8))
    _connected: int = 0

    def routes(self) -> list[BaseRoute]:
        files = StaticFiles(directory=FOLDER / "static")
        return [
            Route(KIOSK_PATH, self.page),
            Route(f"{KIOSK_PATH}/device", self.device),
            Route(f"{KIOSK_PATH}/pair", self.pair, methods=["POST"]),
            WebSocketRoute(f"{KIOSK_PATH}/socket", self.socket),
            Mount(f"{KIOSK_PATH}/static", files),
        ]

    async def page(self, _request: Request) -> Response:
        headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
        return HTMLResponse(render_page(), headers=headers)

    async def device(self, request: Request) -> Response:
        """204 for a paired browser, else the reason why not; a socket could not say it."""
        pairing = await self._find(request)
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        self._remember(response, pairing.secret)
        return response

    async def pair(self, request: Request) -> Response:
        """The secret travels in the body, where no log and no history keeps it."""
        if not is_same_origin(request.headers):
            return problem(HTTPStatus.FORBIDDEN, WRONG_ORIGIN)
        secret = _parse_secret(await _read_body(request))
        pairing = await to_thread.run_sync(
            accept_pairing, self.store, self.clock, secret, limiter=self.limiter
        )
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        self._remember(response, pairing.secret)
        return response

    async def socket(self, socket: WebSocket) -> None:
        try:
            pairing = await self._find(socket)
        except Refused as error:
            await socket.send_denial_response(problem(HTTPStatus.UNAUTHORIZED, error))
            return
        except FaceMarkError as error:
            await socket.send_denial_response(problem(HTTPStatus.SERVICE_UNAVAILABLE, error))
            return
        if self._connected >= MAX_KIOSKS:
            await socket.send_denial_response(problem(HTTPStatus.SERVICE_UNAVAILABLE, _too_many()))
            return
        self._connected += 1
        try:
            await self._serve(socket, pairing)
        finally:
            self._connected -= 1

    async def _serve(self, socket: WebSocket, pairing: Pairing) -> None:
        await socket.accept()
        tenant, signer = pairing.tenant, self.signer

        def holder(text: str) -> PersonId:
            return find_holder(tenant, text, signer)

        door = Door(tenant, pairing.device, holder, self.cool_down_s)
        day = await to_thread.run_sync(door.view_day, limiter=self.limiter)
        recogniser = await self._find_recogniser(tenant)
        connection = Connection(
            socket=socket,
            door=door,
            eyes=self.eyes,
            limiter=self.limiter,
            zone=day.zone,
            recogniser=recogniser,
            monotonic=self.monotonic,
        )
        await connection.run()

    async def _find_recogniser(self, tenant: Tenant) -> Recogniser | None:
        try:
            return await self.eyes.open(tenant)
        except Unavailable:
            return None

    async def _find(self, connection: HTTPConnection) -> Pairing:
        """Raises Refused `device_not_paired`, `device_revoked`."""
        secret = connection.cookies.get(COOKIE, "")
        return await to_thread.run_sync(
            find_device, self.store, self.clock, secret, limiter=self.limiter
        )

    def _remember(self, response: Response, secret: str) -> None:
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(
            COOKIE,
            secret,
            max_age=COOKIE_AGE_S,
            path=KIOSK_PATH,
            httponly=True,
            samesite="strict",
            secure=self.secure,
        )


def build_kiosks(app: App) -> Kiosks:
    settings = app.settings
    side = min(settings.working_side, WORKING_SIDE)
    seeing = settings.model_copy(update={"working_side": side})
    eyes = Eyes(lambda: build_vision(seeing), settings.target_fpir)
    return Kiosks(app.store, app.clock, app.pass_signer(), eyes, settings.cool_down_s)


def render_page() -> str:
    words = dict(page_words())
    template = Template((FOLDER / "page.html").read_text("utf-8"))
    # A script element ends at the first "</", even inside a JSON text.
    data = json.dumps(words, ensure_ascii=False).replace("<", "\\u003c")
    return template.substitute({k: escape(v) for k, v in words.items()}, words_json=data)


async def _read_body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_PAIRING_BYTES:
            raise _unreadable()
    return body


def _parse_secret(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    secret = said.get("secret") if isinstance(said, dict) else None
    if not isinstance(secret, str):
        raise _unreadable()
    return secret


def _unreadable() -> InvalidInput:
    return InvalidInput(
        "pairing_unreadable", "the pairing request cannot be read", "open the pairing link again"
    )


def _too_many() -> Unavailable:
    return Unavailable(
        "kiosks_too_many",
        f"{MAX_KIOSKS} kiosks are connected already",
        "close a kiosk page that is not needed",
    )
