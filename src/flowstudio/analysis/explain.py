"""The workflow in plain English: the same text every time, each part tied to its step."""

from __future__ import annotations

from dataclasses import dataclass

from flowstudio.analysis.telling import Teller
from flowstudio.domain.json import JsonObject
from flowstudio.domain.workflow import Workflow
from flowstudio.kit import Registry


@dataclass(frozen=True, slots=True)
class Explanation:
    """A text and its parts: `{"text", "node_id", "kind"}`; joined, the parts are the text.

    `node_id` is None for the words between steps; `kind` is the colour of the step's kind, else `plain`.
    """

    text: str
    spans: tuple[JsonObject, ...]


def explain(workflow: Workflow, registry: Registry) -> Explanation:
    """Say what a workflow does, in the order in which it does it."""
    spans = Teller(workflow, registry).tell()
    merged: list[JsonObject] = []
    for text, node_id, kind in spans:
        if merged and node_id is None and merged[-1]["node_id"] is None:
            merged[-1]["text"] += text
        elif text:
            merged.append({"text": text, "node_id": node_id, "kind": kind})
    return Explanation("".join(span["text"] for span in merged), tuple(merged))
