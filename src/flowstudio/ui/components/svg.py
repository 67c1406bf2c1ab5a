"""Shapes of SVG drawings, every text and value in them escaped."""

from __future__ import annotations

from html import escape

Value = str | float


def shape(tag: str, content: str = "", **values: Value) -> str:
    """Return an element; `content` is SVG already, `class_` writes `class`, `rx` and the like their names."""
    written = "".join(f' {_name(key)}="{_plain(value)}"' for key, value in values.items())
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def words(text: str, **values: Value) -> str:
    """Return a line of text."""
    return shape("text", escape(_printable(text)), **values)


def title(text: str) -> str:
    """Return what a drawing or a part of it is called, for those who cannot see it and as its tip."""
    return f"<title>{escape(_printable(text))}</title>"


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _plain(value: Value) -> str:
    return escape(value) if isinstance(value, str) else f"{value:g}"


def _printable(text: str) -> str:
    """Leave out signs that XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n" or (sign >= " " and sign not in "\ufffe\uffff"))
