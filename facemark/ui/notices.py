"""The boxes in which a page says that something is missing or went wrong."""

import html
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from facemark.domain.errors import FaceMarkError
from facemark.ui.text import _


def show_next_step(title: str, text: str, command: str | None = None) -> None:
    """An empty state: what is not there yet, and the exact next thing to do."""
    with st.container(key="fm-next-step", border=True):
        st.html(
            f'<div class="fm-empty"><h2>{html.escape(title)}</h2><p>{html.escape(text)}</p></div>'
        )
        if command:
            st.code(command, language=None, wrap_lines=True)


@contextmanager
def show_error_of() -> Iterator[None]:
    """Draw a coded error where the block would have drawn; the next refresh tries again."""
    try:
        yield
    except FaceMarkError as error:
        show_error(error)


def show_error(error: FaceMarkError) -> None:
    _box(_sentence(error.message), _sentence(error.hint), error.code)


def show_unexpected() -> None:
    _box(
        _("This page could not be drawn."),
        _("Reload it. If that does not help, the reason is at the end of logs/dashboard.log."),
        "internal_error",
    )


def _box(title: str, text: str, code: str) -> None:
    st.html(
        f'<div class="fm-error" role="alert"><strong>{html.escape(title)}</strong>'
        f"<p>{html.escape(text)}</p><small>{html.escape(code)}</small></div>"
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
