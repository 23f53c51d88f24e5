"""The gate: health for those who watch over it, kiosks, and later webhooks and the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from facemark.domain.errors import FaceMarkError, Unavailable
from facemark.web.access import AccessGate, AccessPolicy
from facemark.web.headers import STRICT_POLICY, SecurityHeaders
from facemark.web.pages import render_start
from facemark.web.problems import (
    answer_crash,
    answer_error,
    answer_not_found,
    answer_wrong_method,
    problem,
)
from facemark.web.readiness import Readiness

DATABASE_THREADS = 8
"""Calls into the database at one time; more would only queue behind its one writer."""


@dataclass(frozen=True, slots=True)
class Gate:
    """`dashboard_port`: where people work, on the host by which the gate itself was reached."""

    readiness: Readiness
    dashboard_port: int
    access_token: str
    limiter: CapacityLimiter

    async def start(self, request: Request) -> Response:
        url = request.url.replace(port=self.dashboard_port, path="/", query="")
        return HTMLResponse(
            render_start(str(url.include_query_params(access=self.access_token))),
            headers={"Cache-Control": "no-store"},
        )

    async def healthz(self, _request: Request) -> Response:
        return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})

    async def ready(self, _request: Request) -> Response:
        missing = await to_thread.run_sync(self.readiness.list_missing, limiter=self.limiter)
        if not missing:
            return JSONResponse({"status": "ready"}, headers={"Cache-Control": "no-store"})
        _, first = missing[0]
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            Unavailable("not_ready", first.message, first.hint),
            missing=[{"part": part, "code": error.code} for part, error in missing],
        )


def build_gate(
    readiness: Readiness,
    policy: AccessPolicy,
    *,
    dashboard_port: int,
    more: Sequence[BaseRoute] = (),
) -> ASGIApp:
    gate = Gate(readiness, dashboard_port, policy.token, CapacityLimiter(DATABASE_THREADS))
    app = Starlette(
        routes=[
            Route("/", gate.start),
            Route("/healthz", gate.healthz),
            Route("/ready", gate.ready),
            *more,
        ],
        exception_handlers={
            FaceMarkError: answer_error,
            HTTPStatus.NOT_FOUND: answer_not_found,
            HTTPStatus.METHOD_NOT_ALLOWED: answer_wrong_method,
            Exception: answer_crash,
        },
    )
    return SecurityHeaders(AccessGate(app, policy), STRICT_POLICY)
