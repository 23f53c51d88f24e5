"""The only door between pages and the product: frozen values out, one transaction per call.

Caches are shared by everybody who uses this process, so institution and account are arguments of
each cached call, never looked up inside it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import streamlit as st

from facemark.bootstrap import App, build_app
from facemark.config import load_settings
from facemark.domain.errors import InvalidInput
from facemark.domain.ids import SessionId
from facemark.domain.notices import ChannelName, MessageState
from facemark.domain.people import Institution
from facemark.services import outbox, today
from facemark.services.outbox import OutboxEntry
from facemark.services.tenant import Tenant
from facemark.services.today import Today

FRESH_S = 4.0
"""Everybody who looks at one page within this time shares one query; pages refresh at five."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, and at which institution. `account` is the holder of the printed link."""

    institution: int
    account: str = "link"


@st.cache_resource(show_spinner=False, on_release=App.close)
def open_app() -> App:
    return build_app(load_settings())


def list_institutions() -> list[Institution]:
    """Those this start may show, by id; [] when there is none yet."""
    app = open_app()
    chosen = app.settings.institution
    return [i for i in app.list_institutions() if chosen in (None, i.id)]


def load_today(viewer: Viewer, *, on: date | None, session: str | None) -> Today:
    return _load_today(viewer.institution, viewer.account, on=on, session=session)


@st.cache_data(ttl=FRESH_S, max_entries=64, show_spinner=False)
def _load_today(institution: int, account: str, *, on: date | None, session: str | None) -> Today:
    wanted = SessionId(UUID(session)) if session else None
    return today.view_today(_tenant(institution, account), on_date=on, session_id=wanted)


@dataclass(frozen=True, slots=True)
class Conversation:
    """All messages to one contact, oldest first."""

    guardian: str
    to: str
    messages: tuple[OutboxEntry, ...]

    @property
    def last_at(self) -> datetime:
        return self.messages[-1].created_at


@dataclass(frozen=True, slots=True)
class Outbox:
    """`zone`: in which to show times. Conversations with the newest message first."""

    zone: str
    conversations: tuple[Conversation, ...]

    def states(self) -> list[MessageState]:
        return [m.state for c in self.conversations for m in c.messages]

    def uses(self, channel: ChannelName) -> bool:
        return any(m.channel is channel for c in self.conversations for m in c.messages)


def load_outbox(viewer: Viewer) -> Outbox:
    return _load_outbox(viewer.institution, viewer.account)


@st.cache_data(ttl=FRESH_S, max_entries=64, show_spinner=False)
def _load_outbox(institution: int, account: str) -> Outbox:
    tenant = _tenant(institution, account)
    with tenant.read() as uow:
        zone = uow.sites.list_sites()[0].zone
    grouped: dict[tuple[str, str], list[OutboxEntry]] = {}
    for entry in outbox.list_outbox(tenant):
        grouped.setdefault((entry.guardian, entry.to), []).append(entry)
    conversations = [
        Conversation(guardian, to, tuple(entries)) for (guardian, to), entries in grouped.items()
    ]
    conversations.sort(key=lambda c: c.last_at, reverse=True)
    return Outbox(zone, tuple(conversations))


def _tenant(institution: int, account: str) -> Tenant:
    return open_app().tenant(institution, f"dashboard:{account}")


def parse_day(text: str | None) -> date | None:
    """From the address bar; raises InvalidInput `date_invalid`."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(
            "date_invalid", f"{text!r} is not a date", "write it like 2026-03-02"
        ) from error
