"""A workflow as a picture to keep: the whole drawing in the light look, in one SVG that needs nothing else."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from flowstudio.graph.layout import frame_of
from flowstudio.graph.sizes import CARD, HEADER
from flowstudio.services.editing.annotating import GROUP
from flowstudio.ui.components.svg import Value, shape, title, words
from flowstudio.ui.editor.annotations import note_box
from flowstudio.ui.editor.boxes import boxes_of
from flowstudio.ui.editor.view import direction_of, shape_of, view_graph, with_positions
from flowstudio.ui.theme.install import light_tokens

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.graph import Direction, Shape
    from flowstudio.kit import Registry

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""
MARGIN = 36.0
HEAD = 44.0
"""Room for the workflow's name above the drawing."""
SPINE = 52.0
LONGEST_NAME, LONGEST_LINE = 25, 31
"""Letters that fit on a card."""
LONG_WORD = 7
"""Letters from which the word on a card is written smaller."""
NOTE_LINE = 18.0
BEND = 20.0
"""How far an arrow goes before it bends."""
NEARLY = 14.0
"""An arrow that would bend by less is straight."""
_SANS = "'Instrument Sans', 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
_TONES = {"yellow": "condition-tint", "green": "trigger-tint", "blue": "action-tint", "grey": "flow-tint"}
"""The colour of a note by its tone."""
_KINDS = ("trigger", "action", "condition", "flow", "end")


def picture_of(workflow: Workflow, registry: Registry) -> str:
    """Return the SVG."""
    workflow = with_positions(workflow, registry)
    known = shape_of(workflow, registry)
    graph = view_graph(workflow, registry)
    drawing = _Drawing(workflow, known, graph)
    left, top, right, bottom = drawing.bounds()
    width, height = right - left + 2 * MARGIN, bottom - top + 2 * MARGIN + HEAD
    view = f"{left - MARGIN:g} {top - MARGIN - HEAD:g} {width:g} {height:g}"
    ground = shape("rect", x=left - MARGIN, y=top - MARGIN - HEAD, width=width, height=height, fill=_colour("desk"))
    head = words(
        workflow.name, x=left, y=top - MARGIN + 6, font_size=20, font_weight="600", fill=_colour("ink"),
    )  # fmt: skip
    return shape(
        "svg", title(workflow.name) + ground + head + drawing.parts(),
        xmlns="http://www.w3.org/2000/svg", viewBox=view, width=width, height=height, font_family=_SANS,
    )  # fmt: skip


def _colour(name: str) -> str:
    """Return a colour of the light look: a file that is kept has no page to take it from."""
    return light_tokens()[name]


def file_name(name: str, suffix: str) -> str:
    """Return the workflow's name as that of a file."""
    plain = " ".join(re.sub(r"[^\w .()-]+", " ", name).split()).strip(" .")[:80].strip()
    return f"{plain or 'Workflow'}.{suffix}"


class _Drawing:
    def __init__(self, workflow: Workflow, known: Shape, graph: JsonObject) -> None:
        self._workflow = workflow
        self._shape = known
        self._direction: Direction = direction_of(workflow)
        self._nodes: dict[str, JsonObject] = {one["id"]: one for one in graph["nodes"]}
        self._edges: list[JsonObject] = graph["edges"]
        spots = {key: (float(one["x"]), float(one["y"])) for key, one in self._nodes.items()}
        self._frames: dict[str, Box] = {key: frame_of(key, spots, known) for key in spots}
        self._notes = list(workflow.layout.notes)
        names = [str(one.get("id") or f"#{at}") for at, one in enumerate(workflow.layout.groups)]
        self._groups = [
            (str(group.get("name") or ""), box)
            for name, group in zip(names, workflow.layout.groups, strict=True)
            for box in boxes_of(workflow, known, [GROUP + name]).values()
        ]

    def bounds(self) -> Box:
        """Return what the drawing takes up."""
        boxes = [*self._frames.values(), *(box for _, box in self._groups), *map(_note_frame, self._notes)]
        if not boxes:
            return 0.0, 0.0, float(CARD[0]), float(CARD[1])
        return (
            min(one[0] for one in boxes), min(one[1] for one in boxes),
            max(one[2] for one in boxes), max(one[3] for one in boxes),
        )  # fmt: skip

    def parts(self) -> str:
        """Return everything, from the back to the front."""
        loops = [key for key, one in self._nodes.items() if one["body"]]
        loops.sort(key=lambda key: len(self._shape.scope.get(key, ())))
        return "".join((
            *(self._group(name, box) for name, box in self._groups),
            *(self._frame(key) for key in loops),
            *(self._wire(edge) for edge in self._edges),
            *(self._card(one) for one in self._nodes.values()),
            *(_note(one) for one in self._notes),
        ))  # fmt: skip

    def _group(self, name: str, box: Box) -> str:
        left, top, right, bottom = box
        return shape(
            "rect", x=left, y=top, width=right - left, height=bottom - top, rx=14, fill=_colour("paper"),
            stroke=_colour("line-2"), stroke_dasharray="6 4",
        ) + words(name, x=left + 16, y=top + 26, font_size=13.5, font_weight="600", fill=_colour("ink-2"))  # fmt: skip

    def _frame(self, loop: str) -> str:
        left, top, right, bottom = self._frames[loop]
        return shape(
            "rect", x=left, y=top, width=right - left, height=bottom - top, rx=12, fill=_colour("paper"),
            stroke=_colour("line-2"),
        )  # fmt: skip

    def _card(self, node: JsonObject) -> str:
        x, y, kind = float(node["x"]), float(node["y"]), node["kind"] if node["kind"] in _KINDS else "action"
        height = HEADER if node["body"] else CARD[1]
        card = shape(
            "rect", x=x, y=y, width=CARD[0], height=height, rx=8, fill=_colour("sheet"), stroke=_colour("line-2")
        )
        spine = shape("path", d=_left_rounded(x, y, SPINE, height, 8), fill=_colour(kind))
        word = words(
            str(node["word"]), x=x + SPINE / 2, y=y + height / 2 + 4, font_weight="600",
            font_size=12 if len(str(node["word"])) < LONG_WORD else 10.5, text_anchor="middle",
            fill=_colour(f"on-{kind}"),
        )  # fmt: skip
        middle = y + height / 2
        name = words(
            _short(str(node["name"]), LONGEST_NAME), x=x + SPINE + 12, y=middle + 5 if node["body"] else middle - 3,
            font_size=13.5, font_weight="600", fill=_colour("ink"),
        )  # fmt: skip
        line = "" if node["body"] else words(
            _short(str(node["line"] or ""), LONGEST_LINE), x=x + SPINE + 12, y=middle + 15, font_size=12,
            fill=_colour("ink-2"),
        )  # fmt: skip
        faded = {"opacity": 0.55} if node.get("off") else {}
        whole = title(f"{node.get('called') or node['name']}\n{node['line'] or ''}".strip())
        return shape("g", whole + card + spine + word + name + line, **faded)

    def _wire(self, edge: JsonObject) -> str:
        begin, end = self._leaves(edge), self._arrives(edge)
        if begin is None or end is None:
            return ""
        (x, y), (to_x, to_y) = begin, end
        if self._direction == "LR":
            y = to_y if abs(to_y - y) < NEARLY else y
        else:
            x = to_x if abs(to_x - x) < NEARLY else x
        if self._direction == "LR":
            near, lane, far = self._lane(x, to_x, y, to_y)
            path = f"M{x:g} {y:g}H{near:g}V{lane:g}H{far:g}V{to_y:g}H{to_x - 6:g}"
            head = f"M{to_x:g} {to_y:g}l-8 -4.5v9z"
        else:
            near, lane, far = self._lane(y, to_y, x, to_x)
            path = f"M{x:g} {y:g}V{near:g}H{lane:g}V{far:g}H{to_x:g}V{to_y - 6:g}"
            head = f"M{to_x:g} {to_y:g}l-4.5 -8h9z"
        drawn = shape("path", d=path, fill="none", stroke=_colour("wire"), stroke_width=1.6, stroke_linejoin="round")
        drawn += shape("path", d=head, fill=_colour("wire"))
        if edge["label"]:
            text = _short(str(edge["label"]), 24)
            at: dict[str, Value] = {"x": x + 6, "y": y + 15}
            if self._direction == "LR":  # beside one another there is room only where they arrive
                at = {"x": to_x - 12, "y": to_y - 7, "text_anchor": "end"}
            drawn += words(text, font_size=12, font_weight="600", fill=_colour("ink-2"), **at)
        return drawn

    def _lane(self, along: float, to_along: float, across: float, to_across: float) -> tuple[float, float, float]:
        """Return where an arrow bends out, in which lane it goes round what stands between, and where it bends in."""
        if to_along - along < 2 * BEND + CARD[0 if self._direction == "LR" else 1]:
            return (along + to_along) / 2, to_across, (along + to_along) / 2
        near, far = along + BEND, to_along - BEND
        between = [box for key, box in self._frames.items() if not self._is_around(key, along, across)]
        if self._direction == "TB":
            between = [(top, left, bottom, right) for left, top, right, bottom in between]
        in_the_way = [box for box in between if box[0] < far and box[2] > near]
        lanes = [to_across, across, *(lane for box in in_the_way for lane in (box[1] - BEND, box[3] + BEND))]
        free = [one for one in lanes if not any(box[1] - 6 < one < box[3] + 6 for box in in_the_way)]
        best = min(free, key=lambda one: abs(one - across) + abs(one - to_across), default=to_across)
        return near, best, far

    def _is_around(self, key: str, along: float, across: float) -> bool:
        """Say whether a loop's frame holds the place where an arrow begins: then it stands in no way."""
        left, top, right, bottom = self._frames[key]
        x, y = (along, across) if self._direction == "LR" else (across, along)
        return bool(self._nodes[key]["body"]) and left <= x <= right and top <= y < bottom

    def _leaves(self, edge: JsonObject) -> tuple[float, float] | None:
        """Return where an arrow begins: each way out has its place along the side, `each` under the loop's header."""
        source = self._nodes.get(edge["from"])
        if source is None:
            return None
        left, top, right, bottom = self._frames[edge["from"]]
        if edge["way"] == "each":
            x, y = float(source["x"]), float(source["y"])
            return (x + CARD[0] / 2, y + HEADER) if self._direction == "TB" else (x + 24, y + HEADER)
        ways = [one["way"] for one in source["ways"] if one["way"] != "each"]
        share = (ways.index(edge["way"]) + 1) / (len(ways) + 1) if edge["way"] in ways else 0.5
        if self._direction == "LR":
            return right, top + (bottom - top) * share
        return left + (right - left) * share, bottom

    def _arrives(self, edge: JsonObject) -> tuple[float, float] | None:
        target = self._nodes.get(edge["to"])
        if target is None:
            return None
        left, top, right, bottom = self._frames[edge["to"]]
        if self._direction == "LR":
            return left, top + (HEADER / 2 if target["body"] else (bottom - top) / 2)
        return (left + CARD[0] / 2 if target["body"] else (left + right) / 2), top


def _note_frame(note: JsonObject) -> Box:
    at = note_box(note)
    return at["x"], at["y"], at["x"] + at["w"], at["y"] + at["h"]


def _note(note: JsonObject) -> str:
    left, top, right, bottom = _note_frame(note)
    fill = _colour(_TONES.get(str(note.get("tone")), _TONES["yellow"]))
    drawn = shape("rect", x=left, y=top, width=right - left, height=bottom - top, rx=8, fill=fill)
    room, letters = int((bottom - top - 16) // NOTE_LINE), max(8, int((right - left - 24) / 7))
    text = str(note.get("text") or "")
    lines = [part for line in text.splitlines() for part in (textwrap.wrap(line, letters) or [""])]
    shown = lines[:room] if len(lines) <= room else [*lines[: max(0, room - 1)], "…"]
    for at, line in enumerate(shown):
        drawn += words(line, x=left + 12, y=top + 24 + at * NOTE_LINE, font_size=13, fill=_colour("ink"))
    return shape("g", title(text) + drawn)


def _left_rounded(x: float, y: float, width: float, height: float, radius: float) -> str:
    return (
        f"M{x + radius:g} {y:g}H{x + width:g}V{y + height:g}H{x + radius:g}"
        f"a{radius:g} {radius:g} 0 0 1 -{radius:g} -{radius:g}V{y + radius:g}"
        f"a{radius:g} {radius:g} 0 0 1 {radius:g} -{radius:g}z"
    )


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
