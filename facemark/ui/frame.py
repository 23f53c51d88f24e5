"""Style, logo and the choice of institution: what every page has around it."""

from pathlib import Path
from typing import cast

import streamlit as st

from facemark.domain.people import Institution
from facemark.ui import gateway
from facemark.ui.gateway import Viewer
from facemark.ui.notices import show_next_step
from facemark.ui.text import _

HERE = Path(__file__).parent
VIEWER = "viewer"


def draw_frame() -> None:
    st.html(HERE / "assets" / "style.css")
    mark = str(HERE / "assets" / "mark.svg")
    st.logo(mark, size="large", icon_image=mark)


def choose_viewer() -> Viewer | None:
    """Puts the viewer where pages find it; without an institution says how to make one."""
    institutions = gateway.list_institutions()
    if not institutions:
        show_next_step(
            _("Welcome. There is no institution here yet."),
            _("Create your school or company first; this page fills itself from then on."),
            'facemark institution add "Hill School" --zone Europe/London',
        )
        return None
    viewer = Viewer(_choose(institutions).id)
    st.session_state[VIEWER] = viewer
    return viewer


def current_viewer() -> Viewer:
    return cast(Viewer, st.session_state[VIEWER])


def _choose(institutions: list[Institution]) -> Institution:
    if len(institutions) == 1:
        st.sidebar.markdown(f"**{_escape(institutions[0].name)}**")
        return institutions[0]
    names = {str(i.id): i.name for i in institutions}
    chosen = st.sidebar.selectbox(
        _("Institution"), [*names], format_func=names.__getitem__, key="inst", bind="query-params"
    )
    return next(i for i in institutions if str(i.id) == chosen)


def _escape(text: str) -> str:
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|$:<>~" else c for c in text)
