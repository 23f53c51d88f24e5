"""Errors over HTTP: problem+json (RFC 9457) with our stable codes."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from facemark.domain.errors import (
    Conflict,
    FaceMarkError,
    InvalidInput,
    NotFound,
    Refused,
    Unavailable,
)

STATUS_OF: Mapping[type[FaceMarkError], HTTPStatus] = {
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Refused: HTTPStatus.FORBIDDEN,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problem(Response):
    media_type = "application/problem+json"


def problem(status: HTTPStatus, error: FaceMarkError, **more: object) -> Problem:
    """`more` are extension members, for example the list of what is missing."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": error.code,
        "detail": error.message,
        "hint": error.hint,
        **more,
    }
    return Problem(json.dumps(body), status_code=status, headers={"Cache-Control": "no-store"})


async def answer_error(_request: Request, error: Exception) -> Response:
    """Starlette handler for the FaceMarkError family."""
    if not isinstance(error, FaceMarkError):
        raise error
    return problem(STATUS_OF.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR), error)


async def answer_not_found(request: Request, _error: Exception) -> Response:
    error = NotFound("page_unknown", f"there is nothing at {request.url.path}", "start at /")
    return problem(HTTPStatus.NOT_FOUND, error)


async def answer_wrong_method(request: Request, _error: Exception) -> Response:
    error = InvalidInput(
        "method_not_allowed",
        f"{request.method} cannot be used on {request.url.path}",
        "look up the method in the API reference",
    )
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, error)


async def answer_crash(_request: Request, _error: Exception) -> Response:
    """The error itself goes to the log; the caller learns nothing about our insides."""
    error = Unavailable(
        "internal_error",
        "something went wrong here that should not",
        "try again; if it stays, run `facemark doctor` and look into the logs",
    )
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, error)
