"""Who is here, who is missing, what have we said?"""

import streamlit as st

from facemark.services.today import Today
from facemark.ui import day, gateway, markup
from facemark.ui.frame import current_viewer
from facemark.ui.notices import show_error_of
from facemark.ui.summary import build_tiles, say_summary, summarise

REFRESH_S = 5


def load(session: str | None = None) -> Today:
    on = gateway.parse_day(st.query_params.get("on"))
    return gateway.load_today(current_viewer(), on=on, session=session)


@st.fragment(run_every=REFRESH_S)
def draw() -> None:
    with show_error_of():
        today = load()
        chosen = day.choose_session(today)
        if chosen is not None:
            today = load(chosen)
        if today.view is None:
            day.draw_without_session(today)
            return
        summary = summarise(today, today.view)
        st.html(markup.sentence(day.describe_day(today), say_summary(summary)))
        st.html(markup.tiles(build_tiles(summary)))
        left, right = st.columns([5, 3], gap="large")
        with left:
            day.draw_people(today, summary)
        with right:
            day.draw_scans(today)


draw()
