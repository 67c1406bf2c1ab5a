"""How many of the seeded faults the checks find: `python -m tests.templates.faults.measuring` prints the table."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flowstudio.analysis import MemoryFacts, check
from flowstudio.config import TEMPLATES
from flowstudio.connectors.messages import FileMessageTexts
from flowstudio.domain.problem import Problem
from flowstudio.domain.workflow import Workflow
from flowstudio.interchange import read_document
from flowstudio.services.shipped import MESSAGES, registry_of, shipped_facts
from tests.templates.faults import KINDS, Fault

Found = tuple[str, str, str]


@dataclass
class Result:
    """What became of one kind of fault."""

    kind: str
    total: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)
    named: list[tuple[Fault, Problem]] = field(default_factory=list)
    """The faults with the problem that names each."""


@cache
def documents() -> tuple[dict[str, Any], ...]:
    """The shipped templates as documents, without their own tests."""
    found = (json.loads(file.read_bytes()) for file in sorted(TEMPLATES.glob("*/*.json")))
    return tuple({key: value for key, value in one.items() if key != "tests"} for one in found)


@cache
def _known() -> MemoryFacts:
    texts = {text.name: text.model_dump(mode="json") for text in FileMessageTexts(MESSAGES).all()}
    known = shipped_facts(texts)
    return MemoryFacts(known.types, known.settings, known.messages, template_ids=known.template_ids)


def facts_for(fault: Fault | None) -> MemoryFacts:
    """What the workspace knows, with the other workflows that the fault takes."""
    known, starts = _known(), fault.starts if fault is not None else {}
    return MemoryFacts(
        known.types, known.settings, known.messages, workflow_ids=frozenset(starts), template_ids=known.template_ids,
        starts=starts,
    )  # fmt: skip


def problems_of(document: dict[str, Any], fault: Fault | None = None) -> tuple[list[Problem], Workflow | None]:
    """Everything that reading and checking say about a document."""
    read = read_document(document, registry_of())
    found = list(read.problems)
    if read.workflow is not None:
        found += check(read.workflow, registry_of(), facts_for(fault))
    return found, read.workflow


def said(problem: Problem) -> Found:
    return problem.path, problem.code, problem.message


@cache
def _as_shipped(number: int) -> frozenset[Found]:
    return frozenset(said(one) for one in problems_of(documents()[number])[0])


def seeded(kind: str) -> Iterator[tuple[int, Fault]]:
    """One fault of a kind per template, at another place in each, with the template's number."""
    for number, document in enumerate(documents()):
        faults = list(KINDS[kind](document))
        if faults:
            yield number, faults[number % len(faults)]


def measure(kind: str) -> Result:
    """Seed a fault of this kind into every template that has a place for it, and see whether it is named there."""
    result = Result(kind)
    for number, fault in seeded(kind):
        result.total += 1
        new = [one for one in problems_of(fault.document, fault)[0] if said(one) not in _as_shipped(number)]
        hits = [
            one for one in new if one.code in fault.codes and one.node_id in fault.nodes and fault.within in one.path
        ]
        hit = next((one for one in hits if one.fix is not None), next(iter(hits), None))
        if hit is not None:
            result.found += 1
            result.named.append((fault, hit))
        else:
            told = "; ".join(f"{one.code} at {one.path}: {one.message}" for one in new[:3]) or "nothing"
            result.missed.append(f"{fault.document['id']} {sorted(map(str, fault.nodes))}: {told}")
    return result


def table(results: list[Result]) -> str:
    """Return kind, found and total as lines."""
    lines = [f"{one.kind.replace('_', ' '):36}{one.found:6}{one.total:6}" for one in results]
    found, total = sum(one.found for one in results), sum(one.total for one in results)
    return "\n".join(
        [f"{'kind':36}{'found':>6}{'total':>6}", *lines, f"{'all':36}{found:6}{total:6}  {found / total:.1%}"]
    )


if __name__ == "__main__":
    print(table([measure(kind) for kind in KINDS]))
