"""Ports to what signs a pass and what puts it on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from facemark.domain.ids import CredentialId, InstitutionId
from facemark.services.ports.store import SigningKey


class PassSigner(Protocol):
    def create_key(self) -> SigningKey:
        """A fresh pair under a random key id of four characters."""
        ...

    def sign(self, key: SigningKey, institution: InstitutionId, pass_id: CredentialId) -> str:
        """The text of the pass."""
        ...

    def verify(
        self, text: str, institution: InstitutionId, public_keys: Mapping[str, bytes]
    ) -> CredentialId:
        """The pass id, once the signature holds; `public_keys` by key id, 32 raw bytes each.

        Raises InvalidInput `pass_unreadable` or Refused `pass_forged`. Says nothing about expiry
        or revocation.
        """
        ...


class CardLayout(StrEnum):
    """CARD: one card per page of its own size, for card printers. A4: ten a page, to be cut."""

    CARD = "card"
    A4 = "a4"


@dataclass(frozen=True, slots=True)
class IdCard:
    """What is printed. `photo`: JPEG or PNG bytes, given only where there is consent for it."""

    institution: str
    name: str
    external_id: str
    group: str
    pass_text: str
    photo: bytes | None = None


@dataclass(frozen=True, slots=True)
class CardDocument:
    """`unprintable` maps external ids to characters that no font at hand can show.

    Those stand as empty boxes on the card; the QR code and the external id are unharmed.
    """

    pdf: bytes
    unprintable: Mapping[str, str]


class PassRenderer(Protocol):
    def render_png(self, pass_text: str) -> bytes: ...

    def render_svg(self, pass_text: str) -> bytes: ...

    def render_cards(self, cards: Sequence[IdCard], layout: CardLayout) -> CardDocument:
        """Raises InvalidInput `cards_empty`, or `image_unreadable` naming whose photo it is."""
        ...
