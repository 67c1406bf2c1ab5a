"""Names that follow when steps move to another workflow: what crosses the border, and where it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flowstudio.domain.workflow import Node
from flowstudio.errors import BadRequest
from flowstudio.services.editing.unspoken import GIVEN

if TYPE_CHECKING:
    from flowstudio.analysis.types.kinds import Kind
    from flowstudio.kit.uses import Where


@dataclass(slots=True)
class Given:
    """One value that the part is given from outside, or gives back."""

    path: str
    """The expression that it is outside (for what is given) or inside (for what is given back)."""
    kind: Kind
    wanted: str
    name: str = ""
    sure: bool = True
    bare: bool = False
    """Whether it is a variable, that keeps its name."""
    users: list[str] = field(default_factory=list)
    """Ids of the steps that use it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a text that stands for a value which crosses."""

    node_id: str
    where: Where
    start: int
    end: int
    value: Given


@dataclass(slots=True)
class Crossing:
    """Everything that crosses the border of a part."""

    inputs: dict[str, Given] = field(default_factory=dict)
    results: dict[str, Given] = field(default_factory=dict)
    scripts: dict[str, list[Given]] = field(default_factory=dict)
    """Results that scripts outside read, by step."""
    inner: list[Place] = field(default_factory=list)
    """Places inside that read inputs."""
    outer: list[Place] = field(default_factory=list)
    """Places outside that read results."""


def put_scripts(node: Node, found: Crossing, prefix: str) -> Node:
    """Return a step whose scripts are given what they read by its old name."""
    values = {one.path: f"{{{{{prefix}{one.name}}}}}" for one in found.scripts.get(node.id, ())}
    if not values:
        return node
    config = {**node.config, GIVEN: {**values, **(node.config.get(GIVEN) or {})}}
    return node.model_copy(update={"config": config})


def put_texts(node: Node, places: Sequence[Place], prefix: str = "") -> Node:
    """Return a step in which every place reads the crossing value by its new name, behind `prefix`."""
    mine = sorted((one for one in places if one.node_id == node.id), key=lambda one: -one.start)
    if not mine:
        return node
    whole = node.model_dump(mode="json")
    for place in mine:
        here: Any = whole
        try:
            for key in place.where[:-1]:
                here = here[key]
            text = here[place.where[-1]]
            here[place.where[-1]] = text[: place.start] + prefix + place.value.name + text[place.end :]
        except (KeyError, IndexError, TypeError):
            raise BadRequest(
                f'A condition of "{node.name or node.type}" is written in a short form that cannot follow.',
                hint="Open the condition, change it once, and try again.",
            ) from None
    return Node.model_validate(whole)
