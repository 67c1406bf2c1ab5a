"""Addresses that are written out can be reached: of people, of phones, of the web."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from flowstudio.analysis.checks.look import Look, nearest
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Node, Trigger
from flowstudio.kit import Setting
from flowstudio.kit.recipients import is_address
from flowstudio.kit.uses import Where, settings_map

_AT = re.compile(r"\s(?:at|\(at\)|\[at\])\s+[\w-]+\.[\w.-]+$", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d ()./-]{5,}")
_SCHEMES = ("https", "http")


def check(look: Look) -> Iterator[Problem]:
    """Find mail addresses, phone numbers and web addresses that are none."""
    for part, node_type in look.parts():
        for setting in settings_map(node_type).values() if node_type is not None else ():
            value = part.config.get(setting.key)
            where: Where = ("config", setting.key)
            if setting.widget in ("recipients", "email"):
                for place, text in _plain(value, where):
                    yield from _person(look, part, setting, place, text)
            elif setting.widget == "url" and isinstance(value, str) and value.strip() and "{{" not in value[:2]:
                yield from _page(look, part, setting, where, value.strip())


def _plain(value: JsonValue, where: Where) -> Iterator[tuple[Where, str]]:
    if isinstance(value, str) and "{{" not in value:
        yield from ((where, one.strip()) for one in re.split(r"[,;]", value) if one.strip())
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _plain(item, (*where, index))


def _person(look: Look, part: Node | Trigger, setting: Setting, where: Where, text: str) -> Iterator[Problem]:
    """Names of people and teams pass: only what looks like an address or a number can be told to be none."""
    label = f"{look.label(part, where)} of {look.called(part)}"
    is_meant = setting.widget == "email" or ("@" in text and not text.startswith("@"))
    if (is_meant and not _is_mail(text)) or _is_lost(text) or _AT.search(text):
        message = f'{label}: "{text}" is not a mail address.'
        yield look.problem(part, where, "bad_address", message, hint="Such as anna@company.com.")
    elif text.startswith("+") and _PHONE.fullmatch(text) is None:
        message = f'{label}: "{text}" is not a phone number.'
        yield look.problem(part, where, "bad_address", message, hint="Digits only, with the country: +49 30 1234567.")


def _is_mail(text: str) -> bool:
    address = text.rsplit("<", 1)[-1].rstrip("> ")
    return is_address(text) and address.count("@") == 1 and ".." not in address and not address.endswith((".", "@"))


def _is_lost(text: str) -> bool:
    """Say whether an address lacks its first half; a Slack name such as `@anna` does not."""
    return text.startswith("@") and "." in text


def _page(look: Look, part: Node | Trigger, setting: Setting, where: Where, text: str) -> Iterator[Problem]:
    try:
        found = urlsplit(text)
        scheme, host = found.scheme, found.netloc
    except ValueError:
        scheme, host = "", ""
    if scheme in _SCHEMES and host:
        return
    if setting.key == "domain":
        return
    label = f"{look.label(part, where)} of {look.called(part)}"
    fix: JsonObject | None = None
    if "://" not in text:
        better = f"https://{text}"
    else:
        near = nearest(text.split("://", maxsplit=1)[0], _SCHEMES)
        better = f"{near}://{text.split('://', 1)[1]}" if near else ""
    if better and "." in better and urlsplit(better).netloc:
        fix = look.put(part, where, better)
    message = f'{label}: "{text}" is not a web address.'
    yield look.problem(part, where, "bad_url", message, hint="It begins with https://.", fix=fix)
