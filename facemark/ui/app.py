"""The dashboard as an ASGI application, with its errors kept out of logs and browsers."""

import logging
import traceback
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from facemark.domain.errors import FaceMarkError
from facemark.ui.notices import show_error, show_unexpected

SCRIPT = Path(__file__).with_name("main.py")

log = logging.getLogger("facemark.dashboard")


def build_dashboard() -> ASGIApp:
    # Streamlit would log the whole text of an error, which may quote a name or a phone.
    logging.getLogger("streamlit.error_util").setLevel(logging.CRITICAL)
    return st.App(SCRIPT, routes=[Route("/healthz", _healthz)], on_script_error=report_script_error)


async def _healthz(_request: Request) -> Response:
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


def report_script_error(error: Exception) -> bool:
    """True: the page has said what happened, Streamlit need not."""
    if isinstance(error, FaceMarkError):
        log.warning("page refused code=%s", error.code)
        show_error(error)
        return True
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.error("page failed error=%s at %s:%s", type(error).__name__, frame.filename, frame.lineno)
    show_unexpected()
    return True
