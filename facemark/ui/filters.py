"""Which conversations the outbox shows."""

from enum import StrEnum

from facemark.domain.notices import MessageState
from facemark.services.outbox import OutboxEntry
from facemark.ui.gateway import Conversation, Outbox
from facemark.ui.text import TROUBLE, WAITING, _

DONE = (MessageState.SENT, MessageState.DELIVERED)


class Filter(StrEnum):
    ALL = "all"
    WAITING = "waiting"
    DONE = "done"
    TROUBLE = "trouble"

    @property
    def word(self) -> str:
        words = {
            Filter.ALL: _("All"),
            Filter.WAITING: _("Waiting"),
            Filter.DONE: _("Done"),
            Filter.TROUBLE: _("Trouble"),
        }
        return words[self]

    def takes(self, state: MessageState) -> bool:
        states = {Filter.WAITING: WAITING, Filter.DONE: DONE, Filter.TROUBLE: TROUBLE}
        return self is Filter.ALL or state in states[self]


def select_conversations(outbox: Outbox, chosen: Filter, text: str) -> list[Conversation]:
    """Those with a message in the chosen state; `text` is looked for in names and the address."""
    wanted = text.strip().casefold()
    kept = []
    for item in outbox.conversations:
        messages = tuple(
            m for m in item.messages if chosen.takes(m.state) and wanted in _searched(item, m)
        )
        if messages:
            kept.append(Conversation(item.guardian, item.to, messages))
    return kept


def _searched(item: Conversation, entry: OutboxEntry) -> str:
    return " ".join((item.guardian, item.to, *entry.people)).casefold()
