"""What went out, to whom, and what became of it?"""

import streamlit as st

from facemark.domain.notices import ChannelName
from facemark.ui import gateway, markup
from facemark.ui.filters import Filter, select_conversations
from facemark.ui.frame import current_viewer
from facemark.ui.gateway import Outbox
from facemark.ui.notices import show_error_of, show_next_step
from facemark.ui.text import _, ngettext, say_outbox

REFRESH_S = 5
SHOWN = 50


def draw_filters() -> tuple[Filter, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", key="fm-filters"):
        chosen = st.segmented_control(
            _("State"),
            [f.value for f in Filter],
            default=Filter.ALL.value,
            required=True,
            format_func=lambda value: Filter(value).word,
            key="state",
            bind="query-params",
        )
        text = st.text_input(
            _("Name or number"), key="q", type="search", bind="query-params", width=280
        )
    return Filter(chosen or Filter.ALL), text or ""


@st.fragment(run_every=REFRESH_S)
def draw() -> None:
    with show_error_of():
        outbox = gateway.load_outbox(current_viewer())
        st.html(markup.sentence(_("Outbox"), say_outbox(outbox.states())))
        if outbox.conversations:
            draw_conversations(outbox)
        else:
            show_next_step(
                _("No message has been needed yet."),
                _("When a session is settled, each absentee's guardian gets one; it shows here."),
                "facemark settle",
            )


def draw_conversations(outbox: Outbox) -> None:
    if outbox.uses(ChannelName.CONSOLE):
        st.html(markup.hint(_("Shown here instead of being sent: no SMS account is set up.")))
    found = select_conversations(outbox, *draw_filters())
    if not found:
        st.html(markup.hint(_("No message fits. Choose All and clear the search.")))
    shown = st.session_state.setdefault("shown", SHOWN)
    st.html(markup.conversations(found[:shown], outbox.zone))
    more = len(found) - shown
    if more > 0 and st.button(
        ngettext("Show {n} more", "Show {n} more", more).format(n=min(more, SHOWN))
    ):
        st.session_state["shown"] = shown + SHOWN
        st.rerun(scope="fragment")


draw()
