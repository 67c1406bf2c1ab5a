"""What one step did: in a line, and whole with everything that came in and went out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import orjson
from nicegui import ui

from flowstudio.domain.record import visible
from flowstudio.domain.states import StepStatus
from flowstudio.expressions import Row, row_text
from flowstudio.kit.words import human, singular, spaced
from flowstudio.ui.components.data_view import DataView
from flowstudio.ui.components.words import count_of, effects_line, lasted, printed, state_words
from flowstudio.ui.theme import chip, icon, tile

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.run import Effect, Step
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry, Setting

NO_SENDER = "no mail server is set yet"
"""What stands where the sender's address would."""
MOST_FACTS = 14
GOES_OUT = "Goes out"


def settled(steps: Sequence[Step]) -> list[Step]:
    """Return the last record of each step, in the order in which steps first came up."""
    last = {(step.node_id, step.iteration): step for step in steps}
    return list(last.values())


def step_name(workflow: Workflow | None, registry: Registry, step: Step) -> tuple[str, str, str]:
    """Return a step's name, the kind of its node and its icon."""
    node = workflow.node(step.node_id) if workflow else None
    if node is None:
        return step.node_id, "plain", "point"
    found = registry.find(node.key)
    return (
        registry.name_of(node),
        found.kind if found else "plain",
        found.icon if found else "point",
    )


def step_line(step: Step, *, test: bool = False) -> str:
    """Say in a few words what a step did."""
    if step.error:
        return str(step.error.get("message", ""))
    if step.status is StepStatus.SKIPPED:
        return "Passed over"
    if step.detail.get("line"):
        return str(step.detail["line"])
    rows = step.detail.get("rows")
    if rows:
        return ("Yes, " if "true" in step.ways else "No, ") + rows_line(rows)
    counted = (step.output or {}).get("count")
    if isinstance(counted, int) and not step.effects:
        entity = (step.input or {}).get("entity")
        return (
            count_of(counted, singular(entity), spaced(entity))
            if isinstance(entity, str)
            else count_of(counted, "round")
        )
    done = effects_line(step.effects, test=test)
    if done:
        return done
    if step.detail.get("preview"):
        return str(step.detail["preview"])
    return state_words(step.status)[0]


def rows_line(rows: Sequence[JsonObject]) -> str:
    """Say why a condition went as it went, with the figures."""
    told = [
        row_text(
            Row(
                (),
                str(row.get("field", "")),
                row.get("left"),
                str(row.get("operator", "")),
                row.get("right"),
                bool(row.get("result")),
            )
        )
        for row in rows[:3]
    ]
    return ", ".join(one for one in told if one)


def step_mark(step: Step) -> None:
    """Draw the seal of a step's state."""
    word, colour, symbol = state_words(step.status)
    shape = {"ok": "ok", "bad": "bad", "warn": "warn", "busy": "busy"}.get(colour, "idle")
    with ui.element("span").classes(f"fs-step__mark fs-step__mark--{shape}").props(f'role=img aria-label="{word}"'):
        icon(symbol, 13)


def _reused(step: Step) -> None:
    if step.detail.get("answered"):
        age = lasted(datetime.fromisoformat(str(step.detail["answered"])), step.started_at)
        note = ui.label(f"Nobody was asked: the answer to the same question was {age} old and was used again.")
        note.classes("fs-caption").props("data-reused")


def step_detail(
    workflow: Workflow | None,
    registry: Registry,
    step: Step,
    *,
    test: bool,
    sender: str = "",
    where: str = "",
    item: JsonValue = None,
    before_output: Callable[[], object] | None = None,
) -> None:
    """Draw one step whole: what came in, its settings filled in, what it gave, what left.

    `where` names the round it stands in and `item` is what that round is about; `before_output` draws what has to be
    known of what it gave.
    """
    name, kind, symbol = step_name(workflow, registry, step)
    word, colour, mark = state_words(step.status)
    with ui.element("header").classes("fs-panel__head"):
        tile(kind, symbol, large=True)  # type: ignore[arg-type]
        with ui.element("div").classes("fs-detail__names"):
            ui.label(name).classes("fs-panel__title")
            if where:
                ui.label(where).classes("fs-caption").props("data-round")
        chip(word, colour, icon=mark)  # type: ignore[arg-type]
    with ui.element("div").classes("fs-panel__body"):
        if step.error:
            _error(step.error)
        if before_output is not None:
            before_output()
        _reused(step)
        rows = step.detail.get("rows")
        if rows:
            _section("Why")
            _rules(rows, taken="true" in step.ways)
        if isinstance(item, dict) and item:
            _section("Came in, in this round")
            facts(visible(item))
        if step.input:
            _section("Settings, filled in")
            settings = _settings(workflow, registry, step)
            facts(visible(step.input), {one.key: one.label for one in settings}, chosen_words(settings, step.input))
        if step.output:
            _section(GOES_OUT)
            output = visible(step.output)
            DataView(GOES_OUT, lambda: fact_list(output), output)
        for effect in step.effects:
            _effect(effect, test=test, sender=sender)


def _section(text: str) -> None:
    ui.label(text).classes("fs-field-label")


def _error(error: JsonObject) -> None:
    with ui.element("div").classes("fs-card fs-card--bad"):
        ui.label(str(error.get("message", ""))).classes("fs-strong")
        if error.get("hint"):
            ui.label(str(error["hint"]))
        if error.get("answer"):
            ui.label(str(error["answer"])).classes("fs-mono")


def _rules(rows: Sequence[JsonObject], *, taken: bool) -> None:
    ui.label(f"{'Yes' if taken else 'No'}: {rows_line(rows)}").classes("fs-voice")


def _settings(workflow: Workflow | None, registry: Registry, step: Step) -> Sequence[Setting]:
    """Return the settings of a step, as its form has them."""
    node = workflow.node(step.node_id) if workflow else None
    found = registry.find(node.key) if node else None
    return found.settings() if found else ()


def chosen_words(settings: Sequence[Setting], values: JsonObject) -> dict[str, str]:
    """Return in words what was chosen: `reject` → `Reject`, `expense_reports` → `Expense reports`."""
    found = {}
    for one in settings:
        value = values.get(one.key)
        if isinstance(value, str) and (one.widget == "entity" or value in (one.choices or ())):
            found[one.key] = human(value)
    return found


def facts(value: JsonValue, labels: Mapping[str, str] | None = None, words: Mapping[str, str] | None = None) -> None:
    """Draw data as names and values, the names as `labels` has them, the values as `words`; whole below on demand."""
    fact_list(value, labels, words)
    with ui.element("details"):
        with ui.element("summary").classes("fs-caption"):
            ui.label("As JSON")
        text = orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode()
        with ui.element("pre").classes("fs-mono fs-well fs-json"):
            ui.label(text[:20_000])


def fact_list(
    value: JsonValue, labels: Mapping[str, str] | None = None, words: Mapping[str, str] | None = None
) -> None:
    """Draw data as names and values, the names as `labels` has them, the values as `words`; says what it leaves out."""
    if isinstance(value, dict) and value:
        with ui.element("dl").classes("fs-facts"):
            for key, item in list(value.items())[:MOST_FACTS]:
                with ui.element("dt"):
                    ui.label((labels or {}).get(key) or human(key))
                with ui.element("dd"):
                    ui.label((words or {}).get(key) or printed(item) or "nothing")
        if len(value) > MOST_FACTS:
            ui.label(f"and {len(value) - MOST_FACTS:,} more").classes("fs-caption")


def _effect(effect: Effect, *, test: bool, sender: str) -> None:
    content = visible(effect.content)
    if effect.kind == "message":
        _section("Would be sent" if test else "Sent")
        if content.get("channel") == "email":
            mail({**content, "from": _from(content.get("from"), sender)})
        else:
            facts(content)
    elif effect.kind == "call":
        _section("Would be called" if test else "Called")
        facts(content)
    else:
        words = {"created": "create", "updated": "change", "deleted": "delete"}
        _section(f"Would {words[effect.kind]}" if test else effect.kind.capitalize())
        facts(content, words={"entity": human(str(content["entity"]))} if content.get("entity") else None)


def _from(name: JsonValue, sender: str) -> str:
    """Return who a mail comes from: the name that its step gives, and the address of the mail server."""
    address = sender or NO_SENDER
    return f"{name} <{address}>" if name and sender else f"{name}, {address}" if name else address


def mail(content: JsonObject) -> None:
    """Draw a mail as its reader gets it: on white, its HTML in a frame without script."""
    with ui.element("article").classes("fs-mail").props('aria-label="Mail"'):
        with ui.element("dl").classes("fs-mail__head"):
            for key, word in (("from", "From"), ("to", "To"), ("cc", "Copy"), ("subject", "Subject")):
                if content.get(key):
                    with ui.element("dt"):
                        ui.label(word)
                    with ui.element("dd"):
                        ui.label(printed(content[key])).classes("fs-strong" if key == "subject" else "")
        html = content.get("html")
        if html:
            frame = ui.element("iframe").classes("fs-mail__body").props('sandbox="" title="Text of the mail"')
            frame.props["srcdoc"] = f"<body style='margin:16px'>{html}</body>"
        else:
            ui.label(str(content.get("body") or content.get("text") or "")).classes("fs-mail__text")
