"""Message texts filled in, and Markdown made into the HTML of a mail: the same for sending and for previews."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected, UnknownVariable
from flowstudio.expressions.printing import print_value
from flowstudio.kit.context import RunContext

_STYLE = "font:15px/1.55 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#14211b;max-width:640px"
_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilledText:
    """A message text with its variables filled in."""

    name: str
    channel: str
    subject: str
    text: str
    html: str


async def fill_text(name: str, variables: JsonObject, ctx: RunContext) -> FilledText:
    """Fill in a message text of the workspace; raise ConfigRejected when there is none of that name."""
    text = ctx.messages.get(name)
    if text is None:
        raise ConfigRejected(f'There is no message text called "{name}".', setting="template")
    missing = [key for key in text.get("variables") or () if key not in variables]
    names = {**{key: await _of_run(key, ctx) for key in missing}, **variables}
    body = print_value(await ctx.fill(str(text.get("text") or ""), **names))
    source = str(text.get("html") or text.get("text") or "")
    marked = print_value(await ctx.fill(source, **{key: _plain(value) for key, value in names.items()}))
    subject = print_value(await ctx.fill(str(text.get("subject") or text.get("title") or name), **names))
    return FilledText(name, str(text.get("channel") or "email"), subject, body, html_of(marked))


async def _of_run(name: str, ctx: RunContext) -> JsonValue:
    """Return the run's own variable of that name; a text prints nothing for one that nobody has."""
    try:
        return await ctx.fill(f"{{{{{name}}}}}")
    except UnknownVariable:
        return None


def html_of(markdown: str) -> str:
    """Make the HTML of a mail from Markdown: scripts and foreign tags are removed, HTML in it is shown as text."""
    body = nh3.clean(
        _markdown().render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}, "td": {"align"}, "th": {"align"}},
        url_schemes={"http", "https", "mailto", "tel"},
    )
    return f'<div style="{_STYLE}">\n{body}</div>\n'


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")


def _plain(value: JsonValue) -> JsonValue:
    """Keep a value's own stars, brackets and hashes from being read as Markdown."""
    if not isinstance(value, str):
        return value
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#|~!" else sign for sign in value)
