"""What Streamlit runs on each visit: the frame around a page, then the page."""

from pathlib import Path

import streamlit as st

from facemark.ui.frame import choose_viewer, draw_frame
from facemark.ui.notices import show_error_of
from facemark.ui.text import _

HERE = Path(__file__).parent

st.set_page_config(
    page_title="FaceMark Pro", page_icon=str(HERE / "assets" / "mark.svg"), layout="wide"
)
draw_frame()
page = st.navigation(
    [
        st.Page(
            HERE / "views" / "today.py", title=_("Today"), icon=":material/today:", default=True
        ),
        st.Page(HERE / "views" / "outbox.py", title=_("Outbox"), icon=":material/outbox:"),
    ]
)
with show_error_of():
    if choose_viewer():
        page.run()
