"""Who gets a message: a mail address, an employee's id, a team's name, or `everyone`, and lists of these."""

from __future__ import annotations

import re
from email.utils import parseaddr

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected
from flowstudio.kit.context import RunContext

EVERYONE = "everyone"
"""All active employees."""
PEOPLE = "employees"
_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")
_ACTIVE: JsonObject = {"field": "status", "operator": "equals", "value": "active"}


def parts_of(value: JsonValue) -> list[str]:
    """Return the single recipients of a setting: a text with commas, a person, or a list of these, each once."""
    found: list[str] = []
    if isinstance(value, dict):
        found = [str(value.get("email") or value.get("id") or "")]
    elif isinstance(value, (list, tuple)):
        found = [part for item in value for part in parts_of(item)]
    elif value is not None:
        found = [part.strip() for part in re.split(r"[,;]", str(value))]
    return list(dict.fromkeys(part for part in found if part))


def is_address(text: str) -> bool:
    """Say whether a text is a mail address, with or without a name before it."""
    return _ADDRESS.fullmatch(parseaddr(text)[1]) is not None


async def mail_addresses(value: JsonValue, ctx: RunContext, setting: str = "to") -> list[str]:
    """Return the mail addresses, each once, in the order written. Raise ConfigRejected for one that leads to nobody."""
    found: list[str] = []
    for part in parts_of(value):
        found += [part] if "@" in part else await _of_group(part, ctx, setting)
    for address in found:
        if not is_address(address) or any(sign in address for sign in "\r\n\x00"):
            raise ConfigRejected(f'"{address}" is not a mail address.', setting=setting)
    return list(dict.fromkeys(found))


async def needed_addresses(value: JsonValue, ctx: RunContext, setting: str = "to") -> list[str]:
    """Return the mail addresses; raise ConfigRejected when there is none."""
    found = await mail_addresses(value, ctx, setting)
    if not found:
        raise ConfigRejected(
            "There is nobody to send to: the recipient is empty.", setting=setting, hint="Fill in who gets it."
        )
    return found


async def people_of(part: str, ctx: RunContext) -> list[JsonObject]:
    """Return the employees behind an id, a mail address, a team's name or `everyone`."""
    if part.casefold() == EVERYONE:
        return await ctx.records.query(PEOPLE, _ACTIVE)
    if "@" in part:
        return await ctx.records.query(PEOPLE, {"field": "email", "operator": "equals", "value": part})
    person = await ctx.records.get(PEOPLE, part)
    if person is not None:
        return [person]
    team: JsonObject = {"field": "department", "operator": "equals", "value": part}
    return await ctx.records.query(PEOPLE, {"type": "and", "conditions": [team, _ACTIVE]})


async def one_recipient(value: JsonValue, ctx: RunContext, setting: str = "to") -> str:
    """Return the recipient as records name it: an employee's id becomes their address, a team or `everyone` stays."""
    parts = parts_of(value)
    if not parts:
        raise ConfigRejected(
            "There is nobody to send to: the recipient is empty.", setting=setting, hint="Fill in who gets it."
        )
    part = parts[0]
    if "@" in part or part.casefold() == EVERYONE:
        return part
    person = await ctx.records.get(PEOPLE, part)
    return str(person.get("email") or part) if person else part


async def _of_group(part: str, ctx: RunContext, setting: str) -> list[str]:
    people = await people_of(part, ctx)
    if not people and part.casefold() != EVERYONE:
        raise ConfigRejected(f'"{part}" is no mail address, and no employee or team has that name.', setting=setting)
    return [str(person["email"]) for person in people if person.get("email")]
