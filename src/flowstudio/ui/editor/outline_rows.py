"""The lines of the outline, one after another as they are read: steps, their ways, groups around them, and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from flowstudio.services.editing.annotating import GROUP, groups_of, innermost_first, steps_in
from flowstudio.ui.components.words import count_of
from flowstudio.ui.editor.annotations import annotated
from flowstudio.ui.editor.outline import Branch, Entry, Outline, names_of
from flowstudio.ui.theme import icon_url

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

LOOSE, NOTES = "title:loose", "title:notes"


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around some lines."""

    level: int = 1
    parent: str = ""
    shown: frozenset[str] = frozenset()
    """The groups that are drawn around them already."""
    in_rounds: bool = False


def rows_of(outline: Outline, workflow: Workflow, registry: Registry, pinned: Mapping[str, object]) -> list[JsonObject]:
    """Return the lines as `static/outline_tree.js` shows them."""
    writer = _Rows(workflow, registry, pinned)
    first = outline.steps[0].id if outline.steps else ""
    writer.level(outline.triggers, _Around(), dict.fromkeys((one.id for one in outline.triggers), first))
    writer.level(outline.steps, _Around())
    if outline.loose:
        writer.title(LOOSE, "Nothing leads to these yet")
        writer.level(outline.loose, _Around(2, LOOSE))
    notes = annotated({"nodes": [], "edges": []}, workflow)["nodes"]
    if notes:
        writer.title(NOTES, "Notes")
        for one in notes:
            rest = " ".join(one["text"].strip().split("\n")[1:])[:160]
            writer.add("note", one["id"], _Around(2, NOTES), box=one["id"], **_painted(one), line=rest)
    return _counted(writer.rows)


class _Rows:
    def __init__(self, workflow: Workflow, registry: Registry, pinned: Mapping[str, object]) -> None:
        self.rows: list[JsonObject] = []
        self._workflow = workflow
        self._names = names_of(workflow, registry)
        self._pinned = pinned
        outermost_first = [key for key, _ in reversed(innermost_first(workflow))]
        self._held = {key: set(steps_in(workflow, key)) for key in outermost_first}
        self._drawn: dict[str, int] = {}

    def add(self, kind: str, row_id: str, around: _Around, **parts: object) -> None:
        """Add a line."""
        told = [f"{parts.get('word')}: {parts['name']}" if parts.get("word") else str(parts["name"])]
        told += [str(parts[key]) for key in ("line", "led") if parts.get(key)]
        parts |= {"id": row_id, "kind": kind, "level": around.level, "parent": around.parent, "label": ", ".join(told)}
        self.rows.append({key: value for key, value in parts.items() if value not in ("", None, False)})

    def title(self, row_id: str, name: str) -> None:
        """Add the line above others that belong together."""
        self.add("title", row_id, _Around(), name=name)

    def level(self, entries: Sequence[Entry], around: _Around, after: Mapping[str, str] | None = None) -> None:
        """Add steps that stand beside one another; `after` says of each which the list goes on with anyway."""
        if after is None:
            after = {one.id: other.id for one, other in pairwise(entries)}
        for group, run in groupby(entries, lambda one: self._group_of(one, around)):
            if group is None:
                for one in run:
                    self._entry(one, around, after)
            else:
                self._group(group, tuple(run), around, after)

    def _group_of(self, entry: Entry, around: _Around) -> str | None:
        return next((key for key, held in self._held.items() if key not in around.shown and entry.id in held), None)

    def _group(self, key: str, run: Sequence[Entry], around: _Around, after: Mapping[str, str]) -> None:
        group, steps = groups_of(self._workflow)[key], self._held[key]
        times = self._drawn[key] = self._drawn.get(key, 0) + 1
        row_id = GROUP + key + (f"#{times}" if times > 1 else "")
        wrong = _wrong(run)
        held = count_of(len(steps), "step") + (", more of it here" if times > 1 else "")
        self.add(
            "group", row_id, around, box=GROUP + key, word="Group",
            name=str(group.get("name") or "Group"), line=held, tile="plain",
            icon=icon_url("stack-2"), folded=bool(group.get("collapsed")),
            problem={"severity": "warning", "text": f"{count_of(wrong, 'problem')} inside"} if wrong else None,
        )  # fmt: skip
        self.level(run, _Around(around.level + 1, row_id, around.shown | {key}, around.in_rounds), after)

    def _entry(self, entry: Entry, around: _Around, after: Mapping[str, str]) -> None:
        card = entry.card
        kind = "trigger" if card["type"] == "trigger" else "step"
        self.add(
            kind, entry.id, around, box=entry.id, **_painted(card), problem=card["problem"],
            line=", ".join(one for one in (card["line"], "pinned" if entry.id in self._pinned else "") if one),
            led=self._led(entry, after.get(entry.id), around), off=card.get("off"),
            place=(entry.id, entry.way) if entry.way else None,
        )  # fmt: skip
        for branch in entry.branches:
            self._branch(entry, branch, _Around(around.level + 1, entry.id, around.shown, around.in_rounds))

    def _branch(self, entry: Entry, branch: Branch, around: _Around) -> None:
        row_id = f"{entry.id}/{branch.way}"
        led = f"Goes on with {branch.onward}" if branch.onward else "" if branch.entries else "Nothing more"
        self.add("way", row_id, around, name=branch.label, led=led, place=(entry.id, branch.way), of=entry.card["name"])
        rounds = around.in_rounds or branch.way == "each"
        self.level(branch.entries, _Around(around.level + 1, row_id, around.shown, rounds))

    def _led(self, entry: Entry, following: str | None, around: _Around) -> str:
        """Say where a step leads, where the list does not show it by itself."""
        if entry.way is None or entry.leads == (following,):
            return ""
        if not entry.leads:
            return "Ends the round" if around.in_rounds else "Nothing follows"
        return "Goes on with " + ", ".join(self._names[one] for one in entry.leads if one in self._names)


def _painted(card: JsonObject) -> JsonObject:
    return {"word": card["word"], "name": card["name"], "tile": card["kind"], "icon": icon_url(card["icon"])}


def _wrong(entries: Sequence[Entry]) -> int:
    """Return how many of these steps, and of those in their branches, have a problem."""
    below = (_wrong(branch.entries) for one in entries for branch in one.branches)
    return sum(bool(one.card["problem"]) for one in entries) + sum(below)


def _counted(rows: list[JsonObject]) -> list[JsonObject]:
    """Return the lines, each with its place among its neighbours and whether others stand below it."""
    counts = Counter(row.get("parent", "") for row in rows)
    seen: Counter[str] = Counter()
    found = []
    for row in rows:
        parent = row.get("parent", "")
        seen[parent] += 1
        found.append({**row, "opens": row["id"] in counts, "nth": seen[parent], "of_all": counts[parent]})
    return found
