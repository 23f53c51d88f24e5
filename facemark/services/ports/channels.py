"""Port to whoever carries a message out of the building."""

from dataclasses import dataclass
from typing import Protocol

from facemark.domain.notices import ChannelName, Message


@dataclass(frozen=True, slots=True)
class SendOutcome:
    """`error_code` None: accepted under `reference`. `permanent`: trying again cannot help."""

    reference: str | None = None
    error_code: str | None = None
    permanent: bool = False


class Sender(Protocol):
    @property
    def channel(self) -> ChannelName: ...

    def send(self, message: Message) -> SendOutcome:
        """Hand over once. Never raises for what the far side answers."""
        ...

    def find_sent(self, message: Message) -> SendOutcome | None:
        """What became of an earlier attempt whose answer was lost; None if it never arrived."""
        ...
