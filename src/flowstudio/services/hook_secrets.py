"""The secrets that callers of a template's webhooks send, kept so that the new workflow can be called at once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flowstudio.domain.free_names import free_name
from flowstudio.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.services.credentials import CredentialService

WEBHOOK = "webhook"
"""The kind of setup that stands for a webhook; its key is the last part of the address, its value the secret."""
SHORTEST = 16
"""Characters; what is shorter can be guessed."""
_BYTES = 24


def fresh_secret() -> str:
    """Return a secret that nobody can guess."""
    return secrets.token_urlsafe(_BYTES)


class HookSecrets:
    """Keeps a connection for each webhook that asks for a secret and has none."""

    def __init__(self, credentials: CredentialService) -> None:
        self._credentials = credentials

    async def keep(
        self, actor: Actor, document: JsonObject, given: Mapping[str, str]
    ) -> tuple[JsonObject, dict[str, str]]:
        """Return the document with its webhooks' connections chosen, and the secrets that were made, by address.

        `given` holds what a person wants the callers to send, by the last part of the address; where it says nothing a
        secret is made. Raises BadRequest for one that is too short.
        """
        for secret in given.values():
            if len(secret) < SHORTEST:
                raise BadRequest(f"The secret of a webhook has at least {SHORTEST} characters.")
        made: dict[str, str] = {}
        triggers = [document["trigger"]] if "trigger" in document else list(document.get("triggers") or ())
        done = [await self._with_secret(actor, trigger, given, made) for trigger in triggers]
        whole = {"trigger": done[0]} if "trigger" in document else {"triggers": done}
        return {**document, **whole}, made

    async def _with_secret(
        self, actor: Actor, trigger: JsonObject, given: Mapping[str, str], made: dict[str, str]
    ) -> JsonObject:
        config: JsonObject = trigger.get("config") or {}
        if trigger.get("type") != WEBHOOK or config.get("auth") not in ("secret", "signature") or config.get("secret"):
            return trigger
        slug = str(config.get("slug"))
        secret = given.get(slug)
        if secret is None:
            secret = made[slug] = fresh_secret()
        name = free_name(f"Calls to {slug}"[:70], set(self._credentials.names()))
        await self._credentials.save(actor, name, "secret", secret)
        return {**trigger, "config": {**config, "secret": name}}
