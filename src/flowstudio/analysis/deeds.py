"""What steps wrote and sent, in words: each effect by itself, and many of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from flowstudio.domain.json import JsonObject
from flowstudio.domain.record import visible
from flowstudio.domain.run import Effect
from flowstudio.expressions import value_text
from flowstudio.kit.words import counted, listed, shortened, singular, spaced, with_article

MOST = 3
"""Changed fields, and effects of one step, that are told singly."""
_CHANNELS = {
    "email": "email", "sms": "text message", "slack": "Slack message", "in_app": "notification", "push": "push message",
}  # fmt: skip
_DEEDS = {
    "message": ("sent", "send"), "call": ("called", "call"), "created": ("created", "create"),
    "updated": ("changed", "change"), "deleted": ("deleted", "delete"),
}  # fmt: skip


def channel_name(channel: str) -> str:
    """Return what one message of a channel is called: `email`, `text message`."""
    return _CHANNELS.get(channel, f"{channel.replace('_', ' ')} message")


def deed(effect: Effect, *, test: bool) -> str:
    """Say one effect: `sent an email to ada@harbor.example: "Welcome"`."""
    content: JsonObject = visible(effect.content)
    verb = f"would {_DEEDS[effect.kind][1]}" if test else _DEEDS[effect.kind][0]
    if effect.kind == "message":
        text = str(content.get("subject") or content.get("text") or "")
        name = channel_name(str(content.get("channel", "")))
        return f'{verb} {_a(name)} to {content.get("to")}: "{shortened(" ".join(text.split()), 90)}"'
    if effect.kind == "call":
        target = shortened(str(content.get("target") or content.get("url") or ""), 90)
        answer = content.get("answer")
        status = answer.get("status") if isinstance(answer, dict) else None
        return f"{verb} {target}" + (f", which answered {status}" if isinstance(status, int) else "")
    one = singular(str(content.get("entity", "record")))
    name = f"{one} {content.get('id')}"
    if effect.kind == "created":
        fields = content.get("fields") or {}
        title = next((fields[key] for key in ("title", "subject", "name", "number", "text") if fields.get(key)), None)
        return f"{verb} {_a(one)}" + (f': "{shortened(str(title), 90)}"' if title else "")
    if effect.kind == "updated":
        return f"{verb} {name}: {_set(content.get('set') or {})}"
    return f"{verb} {name}"


def deeds(effects: Iterable[Effect], *, test: bool) -> str:
    """Say what one step did: a few effects singly, many together."""
    every = list(effects)
    if len(every) <= MOST:
        return "; ".join(deed(one, test=test) for one in every)
    return totals(every, test=test)


def totals(effects: Iterable[Effect], *, test: bool = False) -> str:
    """Say many effects together: `sent 2 emails, created 1 ticket`; empty without any."""
    counts: Counter[tuple[str, str]] = Counter()
    for effect in effects:
        of = "channel" if effect.kind == "message" else "entity"
        counts[effect.kind, str(effect.content.get(of, ""))] += 1
    told = listed([_many(kind, of, number, test=test) for (kind, of), number in counts.items()])
    return f"would {told}" if test and told else told


def _many(kind: str, of: str, number: int, *, test: bool) -> str:
    if kind == "call":
        return f"{'make' if test else 'made'} {counted(number, 'call')}"
    many = counted(number, channel_name(of)) if kind == "message" else counted(number, singular(of), spaced(of))
    return f"{_DEEDS[kind][int(test)]} {many}"


def _set(fields: JsonObject) -> str:
    told = [f"{spaced(name)} is {value_text(value)} now" for name, value in list(fields.items())[:MOST]]
    more = len(fields) - MOST
    return ", ".join(told) + (f", and {counted(more, 'more field')}" if more > 0 else "")


def _a(name: str) -> str:
    return with_article(name)
