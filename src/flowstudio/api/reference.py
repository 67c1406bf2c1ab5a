"""The API's reference as one page of plain HTML: it works offline and without script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject

_HEAD = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>FlowStudio API</title><link rel=stylesheet href=/static/fonts/fonts.css>"
    "<link rel=stylesheet href=/static/theme/tokens.css><style>"
    "body{font:var(--fs-t-13);color:var(--fs-ink);background:var(--fs-desk);margin:0 auto;max-width:860px;padding:32px}"
    "h1{font:var(--fs-t-24)}h2{font:var(--fs-t-18);margin-top:32px}section{background:var(--fs-sheet);border-radius:var(--fs-r-3);"
    "box-shadow:var(--fs-lift-1);padding:12px 20px;margin:8px 0}code{font:400 12.5px/18px var(--fs-mono)}"
    ".m{display:inline-block;min-width:56px;font-weight:600}dt{font-weight:600;margin-top:6px}"
    "dd{margin:0 0 0 16px;color:var(--fs-ink-2)}"
    "</style>"
)


def reference_page(openapi: JsonObject) -> str:
    """Return the page for an OpenAPI description."""
    by_tag: dict[str, list[str]] = {}
    for path, deeds in openapi["paths"].items():
        for method, deed in deeds.items():
            by_tag.setdefault((deed.get("tags") or ["other"])[0], []).append(_section(path, method, deed))
    parts = [f"<h2>{escape(tag.capitalize())}</h2>{''.join(found)}" for tag, found in by_tag.items()]
    intro = (
        "<h1>FlowStudio API</h1><p>Sign in with <code>Authorization: Bearer fs_…</code>; make a key with "
        "<code>flowstudio apikey create --name N --role R</code>. Errors are problem details (RFC 9457). "
        "The same as <a href=/api/v1/openapi.json>OpenAPI</a>; the "
        "<a href=/api/v1/schema/workflow>JSON Schema of the workflow document</a>.</p>"
    )
    return _HEAD + intro + "".join(parts)


def _section(path: str, method: str, deed: dict[str, Any]) -> str:
    rows = []
    for one in deed.get("parameters", []):
        need = "" if one.get("required") else ", optional"
        shape = one.get("schema", {})
        kind = shape.get("type") or " or ".join(part.get("type", "") for part in shape.get("anyOf", []))
        rows.append(
            f"<dt><code>{escape(one['name'])}</code></dt>"
            f"<dd>in {escape(one['in'])}, {escape(kind or 'text')}{need}</dd>"
        )
    if "requestBody" in deed:
        rows.append("<dt>Body</dt><dd>JSON</dd>")
    return (
        f"<section><p><span class=m>{method.upper()}</span><code>{escape(path)}</code></p>"
        f"<p>{escape(deed.get('summary', ''))}</p><dl>{''.join(rows)}</dl></section>"
    )
