"""The channel of the first day: messages are shown on the Outbox page instead of being sent."""

from facemark.domain.notices import ChannelName, Message
from facemark.services.ports.channels import SendOutcome


class ConsoleSender:
    """Accepts every message; the ledger itself is the display, so nothing can arrive twice.

    Nothing is printed or logged: names and phone numbers stay in the sealed columns.
    """

    @property
    def channel(self) -> ChannelName:
        return ChannelName.CONSOLE

    def send(self, message: Message) -> SendOutcome:
        return SendOutcome(reference=f"console:{message.id}")

    def find_sent(self, message: Message) -> SendOutcome | None:
        """An interrupted attempt has shown nothing yet, so it can simply be made again."""
        return None
