"""Sealing secrets: what is kept cannot be read without the key outside the database."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from flowstudio.errors import BadSetting


class Seal:
    """Seals with the first key, opens with any: that is how keys are rotated."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def close(self, secret: str) -> bytes:
        """Return the sealed form of a secret."""
        return self._fernet.encrypt(secret.encode())

    def open(self, sealed: bytes, name: str) -> str:
        """Return a secret; raise BadSetting when no key fits."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise BadSetting(
                f'The stored secret "{name}" was sealed with another key.',
                hint="Put the key it was sealed with into FLOWSTUDIO_SECRET_KEY as well, behind the new one.",
            ) from None


def _fernet_key(key: str) -> bytes:
    """Return a key of Fernet's form: as it is, or made of any other text."""
    raw = key.encode()
    try:
        if len(base64.urlsafe_b64decode(raw)) == 32:
            return raw
    except ValueError:
        pass
    return base64.urlsafe_b64encode(hashlib.sha256(raw).digest())
