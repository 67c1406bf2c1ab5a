"""Serve the static files and put style sheets into the head of every page."""

import hashlib
import re
from functools import cache
from pathlib import Path

from nicegui import App, ui

HERE = Path(__file__).parent
STATIC = HERE.parent / "static"
SHEETS = (
    "reset.css",
    "tokens.css",
    "quasar.css",
    "flowstudio.css",
    "pages.css",
    "editor.css",
    "data.css",
    "views.css",
    "outline.css",
    "templates.css",
    "past.css",
    "run_log.css",
    "shelf.css",
)
ICONS = "/static/icons.svg"
FIRST_PAINT = ("primary", "secondary", "accent", "dark", "dark_page", "positive", "negative", "info", "warning")
TOKEN_OF = dict(
    zip(
        FIRST_PAINT,
        ("pine", "ink-2", "data", "ink", "ink", "ok", "bad", "busy", "warn"),
        strict=True,
    )
)


def install(app: App) -> None:
    """Give the look to every page of `app`; call it once, before the first page is served."""
    links = []
    for name in SHEETS:
        version = hashlib.sha256((HERE / name).read_bytes()).hexdigest()[:10]
        app.add_static_file(local_file=HERE / name, url_path=f"/static/theme/{name}")
        links.append(f'<link rel="stylesheet" href="/static/theme/{name}?v={version}">')
    app.add_static_file(local_file=HERE / "mark.svg", url_path="/static/theme/mark.svg")
    STATIC.mkdir(parents=True, exist_ok=True)
    app.add_static_files("/static", STATIC, max_cache_age=600)
    first = '<link rel="preload" href="/static/fonts/instrument-sans-latin-wght-normal.woff2" as="font" crossorigin>'
    language = "<script>document.documentElement.lang = 'en';</script>"
    fonts = '<link rel="stylesheet" href="/static/fonts/fonts.css">'
    ui.add_head_html("\n".join((language, first, fonts, *links)), shared=True)
    app.colors(**light_colours())
    ui.menu_item.default_props("role=menuitem")  # Quasar says "listitem", also in a menu
    app.config.quasar_config["loadingBar"]["skipHijack"] = True  # a bar without a name, over every page


def light_colours() -> dict[str, str]:
    """Return Quasar's brand colours for the first paint."""
    found = light_tokens()
    return {brand: found[token] for brand, token in TOKEN_OF.items()}


@cache
def light_tokens() -> dict[str, str]:
    """Return the colours of the light look by their names, read from the light block of the tokens."""
    light = (HERE / "tokens.css").read_text(encoding="utf-8").split("\nbody.body--dark")[0]
    return dict(re.findall(r"--fs-([a-z0-9-]+):\s*(#[0-9A-Fa-f]{6})", light))


def icon_url(name: str) -> str:
    """Return the name under which Quasar draws an icon of the sprite, for `icon=` of any element."""
    return f"svguse:{ICONS}#{name}"
