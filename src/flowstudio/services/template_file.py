"""The file of a template: a workflow document whose `template` block says what it is; read with every fault at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowstudio.domain.problem import Problem
from flowstudio.kit.words import as_id
from flowstudio.services.template_needs import CONNECTION, VALUE, askable
from flowstudio.services.template_rows import CATEGORIES, LEVELS

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry

LONGEST_NAME = 200
LONGEST_SUMMARY = 2_000
LONGEST_WORD = 60
LONGEST_NOTE = 500
MOST_TAGS = 20
MOST_SETUP = 100
MOST_SAMPLES = 50
MOST_BYTES = 2_000_000
OWN = "our-"
"""What the ids of own templates begin with: no shipped one ever does, so a new version cannot take one's place."""
KINDS = frozenset(
    {
        "credential", "setting", "channel", "team", "address", "webhook", "inbox", "event", "workflow", VALUE,
        CONNECTION,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What a person says about a template."""

    name: str
    summary: str = ""
    category: str = "sales_crm"
    department: str = ""
    difficulty: str = "beginner"
    tags: tuple[str, ...] = ()

    def block(self, setup: list[JsonObject]) -> JsonObject:
        """Return the `template` block that says it."""
        department = self.department.strip() or CATEGORIES.get(self.category, "").partition(",")[0]
        return {
            "category": self.category,
            "tags": [tag.strip() for tag in self.tags if tag.strip()],
            "difficulty": self.difficulty,
            "department": department,
            "setup": setup,
        }


def own_id(name: str) -> str:
    """Return the id that an own template of this name has where it is free."""
    return f"{OWN}{as_id(name).removeprefix(OWN) or 'template'}"


def completed(block: JsonObject) -> JsonObject:
    """Return the `template` block in its one order, with what a file may leave out; what is wrong in it stays."""
    department = CATEGORIES.get(str(block.get("category")), "").partition(",")[0]
    usual: JsonObject = {
        "category": None, "tags": [], "difficulty": LEVELS[0], "department": department, "setup": [],
    }  # fmt: skip
    return {**usual, **block}


def faults_of(workflow: Workflow, registry: Registry) -> list[Problem]:
    """List what is wrong with a template beyond its workflow: each fault with its place in the file."""
    found = [*_about_workflow(workflow)]
    block = workflow.template
    if block is None:
        hint = "Import it as a workflow, then save it as a template."
        return [*found, _fault("$.template", "no_template", "This file is a workflow, not a template.", hint)]
    found += _about_block(block)
    found += _about_setup(block.get("setup"), workflow, registry)
    return found


def _about_workflow(workflow: Workflow) -> Iterator[Problem]:
    if not workflow.name.strip() or len(workflow.name) > LONGEST_NAME:
        yield _fault("$.name", "bad_name", f"A template's name has 1 to {LONGEST_NAME} characters.")
    if len(workflow.description or "") > LONGEST_SUMMARY:
        yield _fault("$.description", "too_long", f"The description has at most {LONGEST_SUMMARY:,} characters.")
    if not workflow.triggers:
        yield _fault(
            "$.trigger", "no_trigger", "A template begins with what starts it.", "Add a start to the workflow."
        )
    if len(workflow.tests) > MOST_SAMPLES:
        yield _fault("$.tests", "too_many", f"A template carries at most {MOST_SAMPLES} samples.")
    for index, test in enumerate(workflow.tests):
        if not isinstance(test.get("name"), str) or not isinstance(test.get("sample"), dict):
            yield _fault(f"$.tests[{index}]", "bad_sample", 'A sample has a text "name" and an object "sample".')
        elif not isinstance(test.get("expects", {}), dict):
            yield _fault(f"$.tests[{index}].expects", "bad_sample", "What a sample expects is an object.")


def _about_block(block: JsonObject) -> Iterator[Problem]:
    for key, choices in (("category", tuple(CATEGORIES)), ("difficulty", LEVELS)):
        if block.get(key) not in choices:
            hint = f"It is one of: {', '.join(choices)}."
            yield _fault(f"$.template.{key}", "bad_choice", f"The {key} of a template is missing or unknown.", hint)
    department = block.get("department")
    if not isinstance(department, str) or len(department) > LONGEST_WORD:
        message = f"The department is a text of at most {LONGEST_WORD} characters."
        yield _fault("$.template.department", "bad_text", message)
    tags = block.get("tags")
    if not isinstance(tags, list) or len(tags) > MOST_TAGS:
        yield _fault("$.template.tags", "bad_list", f"The tags are a list of at most {MOST_TAGS} texts.")
        return
    for index, tag in enumerate(tags):
        if not _text(tag, LONGEST_WORD):
            message = f"A tag is a text of 1 to {LONGEST_WORD} characters."
            yield _fault(f"$.template.tags[{index}]", "bad_text", message)


def _about_setup(setup: JsonValue, workflow: Workflow, registry: Registry) -> Iterator[Problem]:
    if not isinstance(setup, list) or len(setup) > MOST_SETUP:
        yield _fault("$.template.setup", "bad_list", f"The setup is a list of at most {MOST_SETUP} entries.")
        return
    known = {one.key for one in askable(workflow, registry)}
    for index, one in enumerate(setup):
        place = f"$.template.setup[{index}]"
        if not isinstance(one, dict):
            yield _fault(place, "bad_setup", "An entry of the setup is an object.")
            continue
        if one.get("kind") not in KINDS:
            hint = f"It is one of: {', '.join(sorted(KINDS))}."
            yield _fault(f"{place}.kind", "bad_choice", "This kind of setup is not known.", hint)
        for key in ("key", "label"):
            if not _text(one.get(key), LONGEST_NOTE):
                message = f"The {key} of an entry is a text of 1 to {LONGEST_NOTE} characters."
                yield _fault(f"{place}.{key}", "bad_text", message)
        if not isinstance(one.get("why", ""), str):
            yield _fault(f"{place}.why", "bad_text", "The reason of an entry is a text.")
        if one.get("kind") == VALUE and isinstance(one.get("key"), str) and one["key"] not in known:
            hint = "Its key is the step's id, a dot, and the setting."
            yield _fault(f"{place}.key", "unknown_setting", f'No step has the setting "{one["key"]}".', hint)


def _text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= longest


def _fault(path: str, code: str, message: str, hint: str = "") -> Problem:
    return Problem(path=path, code=code, message=message, hint=hint)
