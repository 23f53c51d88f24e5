"""A message provider that outlives the process that talks to it."""

import os
from dataclasses import dataclass
from pathlib import Path

from facemark.domain.notices import ChannelName, Message
from facemark.services.ports.channels import SendOutcome


@dataclass(frozen=True, slots=True)
class FileProvider:
    """Accepts a message by writing its id durably; the caller may die before it hears so."""

    path: Path

    @property
    def channel(self) -> ChannelName:
        return ChannelName.CONSOLE

    def send(self, message: Message) -> SendOutcome:
        with self.path.open("a", encoding="ascii") as file:
            file.write(f"{message.id}\n")
            file.flush()
            os.fsync(file.fileno())
        return SendOutcome(reference=f"file:{message.id}")

    def find_sent(self, message: Message) -> SendOutcome | None:
        if str(message.id) in self.accepted():
            return SendOutcome(reference=f"file:{message.id}")
        return None

    def accepted(self) -> list[str]:
        return self.path.read_text("ascii").split() if self.path.exists() else []
