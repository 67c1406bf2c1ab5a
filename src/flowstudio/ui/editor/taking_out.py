"""The dialog before steps become a workflow of their own: a name, and in sentences what will happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.errors import FlowStudioError
from flowstudio.kit.words import listed, singular, spaced, with_article
from flowstudio.services.editing.extracting import MOST_NAME
from flowstudio.services.test_cases import EXAMPLE
from flowstudio.ui.components.ask import answer_of
from flowstudio.ui.components.words import count_of, printed
from flowstudio.ui.theme import button, dialog_title, icon, toast

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flowstudio.analysis.types.kinds import Kind
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.services.editing.extracting import Extraction
    from flowstudio.services.extracting import Extracted
    from flowstudio.ui.editor.shared_desk import Desk

MOST_NAMED = 4
"""Names that a sentence lists."""
MOST_SHOWN = 12
"""Values that the dialog lists."""
SAMPLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants it."""

    name: str
    publish: bool


async def take_out(desk: Desk, chosen: Sequence[str]) -> None:
    """Ask, then make the new workflow and put one step in the place of the chosen ones."""
    extracting, actor, workflow_id = desk.studio.extracting, desk.actor, desk.workflow.id
    try:
        plan = await extracting.plan(actor, workflow_id, chosen)
        wish = await ask_wish(desk, plan, await extracting.problems(actor, plan))
        if wish is None:
            return
        done = await extracting.extract(actor, workflow_id, chosen, name=wish.name, publish=wish.publish, tab=desk.tab)
    except FlowStudioError as error:
        toast(error.told, wrong=True)
        return
    await desk.choose([done.step])
    _tell(done)


def _tell(done: Extracted) -> None:
    place = f"/workflows/{done.workflow_id}"
    if done.problems:
        text = f'"{done.name}" stays a draft: {done.problems[0].message}'
    else:
        text = f'"{done.name}" stands on the shelf, also after an undo here.'
    toast(text, action="Open it", on_action=lambda: ui.navigate.to(place), wrong=bool(done.problems))


async def ask_wish(desk: Desk, plan: Extraction, problems: Sequence[Problem]) -> Wish | None:
    """Show what will happen; None when the person changes their mind."""
    with desk.root, ui.dialog() as dialog, ui.card().classes("fs-dialog fs-publish"):
        dialog_title(dialog, "Make a workflow of these steps")
        with ui.element("div").classes("fs-field"):
            ui.label("Name of the new workflow").classes("fs-field-label")
            name = ui.input(value=plan.called.name)
            name.props(f'outlined dense autofocus maxlength={MOST_NAME} aria-label="Name of the new workflow"')
        with ui.element("ul").classes("fs-changes").props('aria-label="What will happen"'):
            for symbol, sentence in sentences(desk, plan):
                with ui.element("li").classes("fs-change"):
                    icon(symbol, 16).classes("fs-text-2")
                    ui.label(sentence).classes("fs-voice")
        _values(plan)
        switch = _ask_publish(problems)

        def submit() -> None:
            dialog.submit(Wish(str(name.value or ""), bool(switch.value)))

        name.on("keydown.enter", submit)
        with ui.element("div").classes("fs-dialog__deeds"):
            button("Not now", "quiet", on_click=lambda: dialog.submit(None))
            button("Make the workflow", "primary", on_click=submit)
    wish: Wish | None = await answer_of(dialog)
    return wish


def sentences(desk: Desk, plan: Extraction) -> list[tuple[str, str]]:
    """Say what will happen, each sentence with its symbol."""
    flow, cut = plan.flow, plan.cut

    def names(ids: Iterable[str], last: str = "and") -> str:
        every = [f'"{desk.studio.registry.name_of(flow.nodes[one])}"' for one in dict.fromkeys(ids)]
        return listed(every, last, most=MOST_NAMED)

    moves = "moves" if len(cut.steps) == 1 else "move"
    found = [("arrow-right", f"{count_of(len(cut.steps), 'step')} {moves} to it: {names(cut.steps)}.")]
    found.append(("binary-tree", "One step stands in their place. It starts the new workflow and waits for its end."))
    if not plan.inputs:
        found.append(("variable", "It needs nothing from here."))
    if plan.results:
        given = listed([f'"{spaced(one.name)}"' for one in plan.results])
        found.append(
            (
                "arrow-back-up",
                f"It gives back {given}, for {names(user for one in plan.results for user in one.users)}.",
            )
        )
    if not cut.targets:
        found.append(("flag", "Nothing follows it here."))
    elif cut.sure:
        found.append(("arrow-forward-up", f"Then it goes on with {names(cut.targets)}."))
    else:
        by = "if its steps led there" if len(cut.targets) == 1 else "by the way that its steps took"
        found.append(("route-2", f"Then it goes on with {names(cut.targets, 'or')}, {by}."))
    if cut.ends:
        found.append(("flag", f"{names(cut.ends)} {'stays' if len(cut.ends) == 1 else 'stay'} here."))
    return found


def _values(plan: Extraction) -> None:
    """List what the new workflow is given, each with its kind and the value of the example."""
    if not plan.inputs:
        return
    sample: JsonObject = next((one["sample"] for one in plan.called.tests if one.get("name") == EXAMPLE), {})
    given: JsonObject = sample.get("trigger") or {}
    with ui.element("div").classes("fs-field"):
        ui.label(f"It is given {count_of(len(plan.inputs), 'value')}").classes("fs-field-label")
        with ui.element("dl").classes("fs-keys").props('aria-label="What it is given"'):
            for one in plan.inputs[:MOST_SHOWN]:
                with ui.element("dt"):
                    ui.label(one.name).classes("fs-mono")
                with ui.element("dd"):
                    value = printed(given[one.name], SAMPLE_LENGTH) if one.name in given else ""
                    ui.label(f"{kind_words(one.kind)}, such as {value}" if value else kind_words(one.kind))
        if len(plan.inputs) > MOST_SHOWN:
            ui.label(f"And {len(plan.inputs) - MOST_SHOWN} more.").classes("fs-caption")


def kind_words(kind: Kind) -> str:
    """Say a kind of value: `Record, an invoice`, `List of leads`, `Number`."""
    if kind.name == "record" and kind.entity:
        return f"Record, {with_article(singular(kind.entity))}"
    if kind.name == "list":
        inner = kind.item.entity if kind.item is not None else None
        return f"List of {spaced(inner)}" if inner else "List"
    words = {"text": "Text", "number": "Number", "date": "Date", "boolean": "Yes or no", "object": "Fields with values"}
    return words.get(kind.name, "Any value")


def _ask_publish(problems: Sequence[Problem]) -> ui.switch:
    with ui.element("div").classes("fs-field"):
        switch = ui.switch("Publish it at once", value=not problems)
        switch.set_enabled(not problems)
        if problems:
            ui.label(f"It stays a draft until this is put right: {problems[0].message}").classes("fs-field-error")
        ui.label("Runs start it once it is published. Test runs go through its draft too.").classes("fs-field-help")
    return switch
