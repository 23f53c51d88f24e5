"""The parts of the Today page."""

import streamlit as st

from facemark.domain.attendance import AttendanceStatus
from facemark.services.today import Today
from facemark.ui import markup
from facemark.ui.notices import show_next_step
from facemark.ui.summary import Summary, find_common_reason
from facemark.ui.text import _, format_day, format_time


def draw_without_session(today: Today) -> None:
    st.html(markup.sentence(format_day(today.on_date), _("Nothing is planned for this day.")))
    if not today.has_people:
        show_next_step(
            _("Add the people first."),
            _("From a CSV file with one line per person, or one at a time."),
            "facemark import people.csv",
        )
        return
    show_next_step(
        _("Plan what is to be attended."),
        _("A session says when it starts and who is expected."),
        f'facemark session add "Morning" --date {today.on_date} --start 08:00 --end 12:00',
    )


def choose_session(today: Today) -> str | None:
    """The id, where a day has several sessions; the choice is kept in the address."""
    if today.view is None or len(today.sessions) < 2:  # noqa: PLR2004
        return None
    names = {str(s.id): f"{format_time(s.starts_at, today.zone)} {s.name}" for s in today.sessions}
    return st.selectbox(
        _("Session"),
        [*names],
        index=[*names].index(str(today.view.id)),
        format_func=names.__getitem__,
        key="session",
        bind="query-params",
        label_visibility="collapsed",
        width=260,
    )


def describe_day(today: Today) -> str:
    day = format_day(today.on_date)
    shown = day if today.is_current else _("Last day with a session: {day}").format(day=day)
    return f"{shown} · {today.view.name}" if today.view else shown


def draw_people(today: Today, summary: Summary) -> None:
    """Registers first, because a missing register hides who is missing."""
    if summary.untaken:
        st.html(
            markup.section(_("Registers to take"))
            + markup.untaken_groups(summary.kind, summary.untaken)
        )
    if summary.missing:
        draw_missing(today, summary)
    late = [p for p in summary.people if p.status is AttendanceStatus.LATE]
    if late:
        st.html(markup.section(_("Came late")) + markup.late_people(late))
    if not (summary.untaken or summary.missing or late or summary.open):
        st.html(markup.section(_("Nobody is missing"), _("There is nothing to do here.")))


def draw_missing(today: Today, summary: Summary) -> None:
    reason = find_common_reason(summary)
    groups = (
        markup.missing_group(summary.kind, group, telling=today.telling, common_reason=reason)
        for group in summary.missing
    )
    st.html(markup.section(_("Missing"), reason or "") + "".join(groups))


def draw_scans(today: Today) -> None:
    title = markup.section(_("Last scans"))
    if today.scans:
        st.html(title + markup.last_scans(today.scans, today.zone))
    else:
        st.html(title + markup.hint(_("Nobody has been seen yet. Open a camera on the door:")))
        st.code("facemark watch 0", language=None)
