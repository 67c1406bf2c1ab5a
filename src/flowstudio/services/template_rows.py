"""A template as lists show it, and how a list is narrowed down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject

CATEGORIES: Mapping[str, str] = {
    "sales_crm": "Sales",
    "marketing": "Marketing",
    "finance": "Finance",
    "procurement": "Procurement",
    "hr_workforce": "People",
    "projects": "Projects",
    "production_events": "Production, events",
    "support": "Support",
    "compliance": "Compliance",
}
"""Category → what people call it, in the order in which they are shown."""
LEVELS = ("beginner", "intermediate", "advanced")


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """What the gallery and `templates list` tell of a template."""

    id: str
    name: str
    summary: str
    category: str
    department: str
    difficulty: str
    tags: tuple[str, ...]
    trigger_type: str
    trigger_name: str
    steps: int
    samples: int
    connections: tuple[str, ...]
    """Connections without which it cannot run (`smtp`, `slack` …)."""
    words: str
    """What search looks through, in small letters."""
    own: bool = False
    """Whether the workspace saved it; else the product ships it."""
    changed: str = ""
    """When an own one was changed last (ISO 8601); empty for shipped ones."""

    def json(self) -> JsonObject:
        """Return the row as the API and the command line tell it."""
        told = asdict(self)
        del told["words"]
        return {**told, "tags": list(self.tags), "connections": list(self.connections)}


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """How a list is narrowed down; what is empty does not narrow."""

    search: str = ""
    category: str = ""
    trigger: str = ""
    department: str = ""
    difficulty: str = ""
    source: str = ""
    """`ours` or `shipped`."""

    def of(self, rows: Iterable[TemplateRow]) -> list[TemplateRow]:
        """Return the rows that fit: the easy ones first, with a search those that carry it in their name."""
        words = self.search.lower().split()
        found = [row for row in rows if self._fits(row) and all(word in row.words for word in words)]
        order = list(CATEGORIES)

        def rank(row: TemplateRow) -> tuple[bool, int, int, str]:
            named = bool(words) and all(word in row.name.lower() for word in words)
            return not named, LEVELS.index(row.difficulty), order.index(row.category), row.name

        return sorted(found, key=rank)

    def _fits(self, row: TemplateRow) -> bool:
        pairs = (
            (self.category, row.category),
            (self.trigger, row.trigger_type),
            (self.department, row.department),
            (self.difficulty, row.difficulty),
            (self.source, "ours" if row.own else "shipped"),
        )
        return all(not wanted or wanted.lower() == given.lower() for wanted, given in pairs)


def counts_of(rows: Iterable[TemplateRow]) -> dict[str, int]:
    """Return how many templates each category has."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.category] = found.get(row.category, 0) + 1
    return found


def summary_of(row: TemplateRow) -> JsonObject:
    """Return a row as it is kept."""
    return {**asdict(row), "tags": list(row.tags), "connections": list(row.connections)}


def row_from(summary: JsonObject) -> TemplateRow:
    """Return the row that was kept."""
    return TemplateRow(**{**summary, "tags": tuple(summary["tags"]), "connections": tuple(summary["connections"])})


def row_of(document: JsonObject, *, own: bool = False) -> TemplateRow:
    """Read a row off a template's document."""
    about, trigger = document["template"], document.get("trigger") or document["triggers"][0]
    setup = about.get("setup", ())
    names = [node.get("name", "") for node in document["nodes"]]
    summary = document.get("description") or ""
    told = [document["name"], summary, about["department"], trigger.get("name", "")]
    return TemplateRow(
        id=document["id"],
        name=document["name"],
        summary=summary,
        category=about["category"],
        department=about["department"],
        difficulty=about["difficulty"],
        tags=tuple(about["tags"]),
        trigger_type=trigger["type"],
        trigger_name=trigger.get("name", ""),
        steps=len(document["nodes"]),
        samples=len(document.get("tests", ())),
        connections=tuple(one["key"] for one in setup if one["kind"] == "credential" and not one.get("optional")),
        words=" ".join([*told, *about["tags"], *names]).lower(),
        own=own,
    )
