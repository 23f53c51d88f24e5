"""Ed25519 (RFC 8032) over passes: a browser can verify one with the public key alone."""

import base64
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from facemark.domain.errors import Refused
from facemark.domain.ids import CredentialId, InstitutionId
from facemark.domain.passes import PassText, parse_pass, signed_bytes, write_pass
from facemark.services.ports.store import SigningKey

_KEY_ID_BYTES = 3


class Ed25519PassSigner:
    def create_key(self) -> SigningKey:
        private = Ed25519PrivateKey.generate()
        key_id = base64.urlsafe_b64encode(os.urandom(_KEY_ID_BYTES)).decode()
        return SigningKey(
            key_id, private.public_key().public_bytes_raw(), private.private_bytes_raw()
        )

    def sign(self, key: SigningKey, institution: InstitutionId, pass_id: CredentialId) -> str:
        private = Ed25519PrivateKey.from_private_bytes(key.private)
        signature = private.sign(signed_bytes(institution, key.key_id, pass_id))
        return write_pass(PassText(key.key_id, pass_id, signature))

    def verify(
        self, text: str, institution: InstitutionId, public_keys: Mapping[str, bytes]
    ) -> CredentialId:
        """One answer for an unknown key and a wrong signature: a forger learns nothing."""
        parts = parse_pass(text)
        public = public_keys.get(parts.key_id)
        if public is None:
            raise _forged()
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(
                parts.signature, signed_bytes(institution, parts.key_id, parts.pass_id)
            )
        except InvalidSignature as error:
            raise _forged() from error
        return parts.pass_id


def _forged() -> Refused:
    return Refused(
        "pass_forged",
        "this pass was not issued here, or it was altered",
        "check the person's identity by hand and tell the office",
    )
