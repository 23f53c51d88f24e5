"""The door in front of both apps: who followed the printed link gets in, everybody else a 401.

The link carries the token of this start once; the first hit exchanges it for a cookie and
redirects, so that no address bar, history or log keeps it.
"""

import hashlib
import hmac
import ipaddress
import socket
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from facemark.domain.errors import FaceMarkError, Refused
from facemark.web.pages import render_message
from facemark.web.problems import problem

ACCESS_PARAMETER = "access"
PUBLIC_PATHS = frozenset({"/healthz", "/ready"})

NO_ACCESS = Refused(
    "access_link_needed",
    "this browser has not been let in",
    "open FaceMark with the link that was printed when it started",
)
WRONG_HOST = Refused(
    "host_not_allowed",
    "this address is not one FaceMark answers to",
    "open it by the address in the printed link",
)
WRONG_ORIGIN = Refused(
    "origin_not_allowed",
    "the connection was opened by a page of another site",
    "open FaceMark in a window of its own",
)


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """`app_name` keeps the cookies of two apps on one host apart: cookies ignore ports.

    `hosts` are names besides IP addresses, which cannot be rebound, and this machine's own name.
    `device_path`: at and below it devices come in, with tokens of their own; None for an app that
    has no devices.
    """

    token: str
    app_name: str
    hosts: frozenset[str] = frozenset()
    secure: bool = False
    device_path: str | None = None

    @property
    def cookie_name(self) -> str:
        return f"facemark_{self.app_name}"

    @property
    def cookie_value(self) -> str:
        """Not the token itself: one app's cookie opens neither the other app nor the link."""
        return hmac.new(self.token.encode(), self.app_name.encode(), hashlib.sha256).hexdigest()

    def accepts_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self.token.encode())

    def accepts_cookie(self, header: str) -> bool:
        try:
            morsel = SimpleCookie(header).get(self.cookie_name)
        except CookieError:
            return False
        value = morsel.value if morsel else ""
        return hmac.compare_digest(value.encode(), self.cookie_value.encode())

    def leaves_to_devices(self, path: str) -> bool:
        own = self.device_path
        return own is not None and (path == own or path.startswith(f"{own}/"))

    def accepts_host(self, header: str) -> bool:
        name = _host_name(header)
        return name is not None and (_is_ip(name) or name in self.hosts or name in own_names())


def own_names() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({"localhost", name, f"{name}.local"})


def is_same_origin(headers: Headers) -> bool:
    """Browsers always say where a page comes from; a missing Origin is no browser of ours."""
    return urlsplit(headers.get("origin", "")).netloc.lower() == headers.get("host", "").lower()


def _host_name(header: str) -> str | None:
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class AccessGate:
    """Pure ASGI, so that WebSockets pass the same door as pages."""

    app: ASGIApp
    policy: AccessPolicy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        answer = self._decide(scope)
        if answer is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await answer(scope, receive, send)
        else:
            await _deny_websocket(answer, scope, receive, send=send)

    def _decide(self, scope: Scope) -> Response | None:
        """None lets the request through."""
        headers = Headers(scope=scope)
        if not self.policy.accepts_host(headers.get("host", "")):
            return _refuse(headers, HTTPStatus.MISDIRECTED_REQUEST, WRONG_HOST)
        if scope["type"] == "websocket" and not is_same_origin(headers):
            return _refuse(headers, HTTPStatus.FORBIDDEN, WRONG_ORIGIN)
        if self.policy.leaves_to_devices(scope["path"]):
            return None
        return self._decide_page(scope, headers)

    def _decide_page(self, scope: Scope, headers: Headers) -> Response | None:
        if scope["type"] == "http":
            if scope["path"] in PUBLIC_PATHS:
                return None
            if entered := self._exchange(scope):
                return entered
        return self._decide_cookie(headers)

    def _decide_cookie(self, headers: Headers) -> Response | None:
        if self.policy.accepts_cookie("; ".join(headers.getlist("cookie"))):
            return None
        return _refuse(headers, HTTPStatus.UNAUTHORIZED, NO_ACCESS)

    def _exchange(self, scope: Scope) -> Response | None:
        """The redirect that leaves the token behind, if the link carries the right one."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        tokens = [value for name, value in query if name == ACCESS_PARAMETER]
        if scope["method"] != "GET" or not any(map(self.policy.accepts_token, tokens)):
            return None
        rest = urlencode([(name, value) for name, value in query if name != ACCESS_PARAMETER])
        path = "/" + scope["path"].lstrip("/\\")
        response = RedirectResponse(f"{path}?{rest}" if rest else path, HTTPStatus.SEE_OTHER)
        response.headers["Cache-Control"] = "no-store"
        response.set_cookie(
            self.policy.cookie_name,
            self.policy.cookie_value,
            httponly=True,
            samesite="lax",
            secure=self.policy.secure,
        )
        return response


def _refuse(headers: Headers, status: HTTPStatus, error: FaceMarkError) -> Response:
    if "text/html" not in headers.get("accept", ""):
        return problem(status, error)
    response = HTMLResponse(render_message(error.message, error.hint), status)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _deny_websocket(answer: Response, scope: Scope, receive: Receive, *, send: Send) -> None:
    """With its HTTP status where the server can, else by closing before the handshake (403)."""
    if "websocket.http.response" in scope.get("extensions", {}):
        await answer(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
