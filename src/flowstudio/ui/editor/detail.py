"""The panel at the right: one step's settings, what happens if it fails, and its note; or the workflow's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.kit.words import human
from flowstudio.services.editing import ops
from flowstudio.services.facts import WorkspaceFacts
from flowstudio.ui.editor.entry import CONFIG, Entering, Entry
from flowstudio.ui.editor.failure import draw_failure
from flowstudio.ui.editor.faults import faults_of
from flowstudio.ui.editor.known import known_at
from flowstudio.ui.editor.naming import result_field
from flowstudio.ui.editor.notices import Notices
from flowstudio.ui.editor.reuse import draw_reuse
from flowstudio.ui.editor.workflow_panel import workflow_panel
from flowstudio.ui.forms import Form, render_form
from flowstudio.ui.forms.entered import Address, entered
from flowstudio.ui.theme import button, tile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flowstudio.analysis import Facts
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.domain.problem import Problem
    from flowstudio.domain.workflow import Node, Trigger, Workflow
    from flowstudio.kit import NodeType, Registry
    from flowstudio.ui.editor.surroundings import Surroundings
    from flowstudio.ui.forms.context import Known

Edit = Callable[[str, Callable[["Workflow"], "Workflow"], str | None], Awaitable[None]]
"""Label, operation, and the key under which quick edits become one."""

Extra = Callable[[], Callable[[], object] | None]
"""Draws what else belongs to a step; returns what brings it up to date after an edit."""


class Detail:
    """Draws what is selected; typing in it never draws it anew."""

    def __init__(
        self,
        registry: Registry,
        edit: Edit,
        remove: Callable[[str], object],
        keep: Callable[[str], object] | None = None,
        results: Callable[[], Mapping[str, JsonObject]] = dict,
        extract: Callable[[str], object] | None = None,
    ) -> None:
        """`keep` makes a preset of a step, where there is a place for presets; `results` is what steps gave so far.

        `extract` makes a workflow of a step.
        """
        self._registry = registry
        self._keep = keep
        self._extract = extract
        self._results = results
        self._edit = edit
        self._facts: Facts = WorkspaceFacts()
        self.entering = Entering(registry, lambda: self._facts)
        self.places: set[tuple[str, ...]] = set()
        """Where the values of the fields that stand there belong."""
        self._remove = remove
        self._place: ui.element | None = None
        self._form: Form | None = None
        self._config: JsonObject = {}  # what the document said of the step when it was last shown
        self._name: ui.input | None = None
        self._result: ui.input | None = None
        self._refresh_extra: Callable[[], object] | None = None
        self.switched_off_because: str | None = None
        self.node_id: str | None = None
        self._other = False

    def entry(self, *at: str, inside: tuple[str | int, ...] = (), form: str = "") -> Address:
        """Return the address of a field that is drawn here now."""
        self.places.add(at)
        return {"at": list(at), "inside": list(inside), "form": form}

    def draw(self) -> ui.element:
        """Draw the panel's place."""
        self._place = ui.element("aside").classes("fs-panel fs-detail").props('aria-label="Details"')
        return self._place

    def show(
        self,
        workflow: Workflow,
        node_id: str | None,
        surroundings: Surroundings,
        problems: Sequence[Problem],
        extra: Extra,
    ) -> None:
        """Show a step, or the workflow when none is chosen; `extra` draws what else belongs to it."""
        assert self._place is not None
        self._facts = surroundings.facts
        self._begin(node_id)
        self._other = False
        part = (workflow.node(node_id) or workflow.trigger(node_id)) if node_id else None
        self._place.clear()
        self._place.props["data-node"] = node_id or ""
        with self._place:
            if part is None:
                self.node_id = None
                workflow_panel(workflow, self.entry, self._with(extra), self.switched_off_because)
            else:
                known = self._known(workflow, surroundings)
                self._step(part, surroundings, problems, known, self._with(extra))

    def show_other(self, draw: Callable[[], None]) -> None:
        """Show what is neither a step nor the workflow: several boxes, a note, a group."""
        assert self._place is not None
        self._begin(None)
        self._other = True
        self._place.clear()
        self._place.props["data-node"] = ""
        with self._place:
            draw()

    def _begin(self, node_id: str | None) -> None:
        self.node_id, self._form, self._name, self._result, self._refresh_extra = node_id, None, None, None, None
        self.places.clear()

    def refuse(self, entry: Entry, sentence: str) -> bool:
        """Show at its field why something typed was not taken; False where the field is not here."""
        if entry.part != (self.node_id or "") or not entry.part:
            return False
        if entry.at[1] == "result" and self._result is not None:
            self._result.error = sentence
            return True
        if entry.at[1] == CONFIG and self._form is not None:
            self._form.set_errors({entry.at[2]: sentence})
            return True
        return False

    def taken(self, entry: Entry) -> None:
        """Take away what `refuse` showed at a field that holds something else by now."""
        if entry.at[1:] == ("result",) and entry.part == self.node_id and self._result is not None:
            self._result.error = None

    def _with(self, extra: Extra) -> Callable[[], None]:
        def draw() -> None:
            self._refresh_extra = extra()

        return draw

    def refresh(
        self, workflow: Workflow, surroundings: Surroundings, problems: Sequence[Problem], *, own: bool
    ) -> bool:
        """Bring the shown step up to date after an edit; False when it must be drawn anew."""
        self._facts = surroundings.facts
        if self._other:
            return own
        part = (workflow.node(self.node_id) or workflow.trigger(self.node_id)) if self.node_id else None
        if part is None:
            return self.node_id is None
        if self._form is None:
            return False
        if self._refresh_extra is not None:
            self._refresh_extra()
        errors, warnings = faults_of(part.id, problems)
        self._form.set_errors(errors)
        self._form.set_warnings(warnings)
        self._form.set_variables(surroundings.variables, self._known(workflow, surroundings))
        before, self._config = self._config, part.config
        if not own and self._form.values != part.config:
            self._form.set_values(part.config, _differing(before, part.config))  # what is being written stays
        self._fresh_name(part, own=own)
        return True

    def _step(
        self,
        part: Node | Trigger,
        surroundings: Surroundings,
        problems: Sequence[Problem],
        known: Known | None,
        extra: Callable[[], None],
    ) -> None:
        found = self._registry.find(part.key)
        title = found.title if found else part.type
        with ui.element("header").classes("fs-panel__head"):
            tile(found.kind if found else "plain", found.icon if found else "question-mark", large=True)
            with ui.element("div").classes("fs-detail__names"):
                self._name_field(part)
                ui.label(f"{human(found.kind) if found else 'Step'}, {title}").classes("fs-caption")
            self._menu(part)
        if found is None:
            ui.label(
                "FlowStudio does not know this kind of step. It stays as it came and is left out of runs."
            ).classes("fs-text fs-panel__body")
            return
        is_node = hasattr(part, "on_error")
        if not is_node:
            with ui.element("div").classes("fs-panel__body"):
                self._settings(part, found, surroundings, problems, known)
                extra()
            return
        with ui.tabs().props("no-caps dense inline-label align=left breakpoint=0").classes("fs-detail__tabs") as tabs:
            ui.tab("settings", "Rules" if part.type == "condition" else "Settings")
            ui.tab("failure", "If it fails")
            ui.tab("notices", "Tell people")
            ui.tab("notes", "Notes")
        with ui.tab_panels(tabs, value="settings", animated=False).classes("fs-detail__panels"):
            with ui.tab_panel("settings").classes("fs-panel__body"):
                ui.label(help_text(found)).classes("fs-caption")
                self._settings(part, found, surroundings, problems, known)
                if getattr(found, "asks", False):
                    draw_reuse(part, self.entry)  # type: ignore[arg-type]
                extra()
            with ui.tab_panel("failure").classes("fs-panel__body"):
                draw_failure(part, self.entry)  # type: ignore[arg-type]
            with ui.tab_panel("notices").classes("fs-panel__body"):
                Notices(part, self._edit, self.entry).draw()  # type: ignore[arg-type]
            with ui.tab_panel("notes").classes("fs-panel__body"):
                self._notes(part)  # type: ignore[arg-type]

    def _name_field(self, part: Node | Trigger) -> None:
        """Draw the name that somebody chose; until then what the step is called shows in its place."""
        self._name = (
            ui.input(value=self._registry.chosen_name(part), placeholder=self._registry.name_of(part))
            .props('dense borderless debounce=300 maxlength=200 aria-label="Name of the step"')
            .classes("fs-detail__name")
        )
        entered(self._name, self.entry(part.id, "name"))

    def _fresh_name(self, part: Node | Trigger, *, own: bool) -> None:
        if self._name is None:
            return
        chosen, called = self._registry.chosen_name(part), self._registry.name_of(part)
        if not chosen and self._name.props.get("placeholder") != called:
            self._name.props["placeholder"] = called
            self._name.update()
        if not own:
            self._name.set_value(chosen)

    def _menu(self, part: Node | Trigger) -> None:
        with button("", "quiet", icon="dots", label="More about this step"), ui.menu().classes("fs-menu"):
            if hasattr(part, "disabled"):
                text = "Switch on" if part.disabled else "Switch off"
                ui.menu_item(
                    text,
                    on_click=lambda: self._edit(
                        text, lambda flow: ops.update_node(flow, part.id, disabled=not part.disabled), None
                    ),
                )
            if (keep := self._keep) is not None and self._registry.find(part.key) is not None:
                ui.menu_item("Save as preset", on_click=lambda: keep(part.id))
            if (extract := self._extract) is not None and hasattr(part, "disabled"):
                ui.menu_item("Make a workflow of it", on_click=lambda: extract(part.id))
            ui.menu_item("Delete", on_click=lambda: self._remove(part.id))

    def _known(self, workflow: Workflow, surroundings: Surroundings) -> Known | None:
        """Return what the step gets with the sample; None for what gets nothing, as a trigger does."""
        if surroundings.sample is None or not surroundings.variables:
            return None
        context = surroundings.sample.context
        return known_at(surroundings.variables, context, workflow, self._registry, self._results())

    def _settings(
        self,
        part: Node | Trigger,
        found: type[NodeType],
        surroundings: Surroundings,
        problems: Sequence[Problem],
        known: Known | None,
    ) -> None:
        def changed(key: str, value: JsonValue) -> None:
            entry = Entry((part.id, CONFIG, key), value)
            self._soon(self._edit(entry.label, lambda flow: self.entering.put(flow, entry), None))

        def address(*keys: str, inside: tuple[str | int, ...] = (), form: str = "") -> Address:
            return self.entry(part.id, CONFIG, *keys, inside=inside, form=form)

        errors, warnings = faults_of(part.id, problems)
        context = surroundings.context(errors=errors, warnings=warnings, known=known, address=address)
        self._config = part.config
        self._form = render_form(found.settings(), part.config, context=context, on_change=changed)
        if getattr(found, "main", None) and hasattr(part, "outputs") and found.kind not in ("condition", "end"):
            self._result = result_field(part, found, self.entry(part.id, "result"))

    def _notes(self, node: Node) -> None:
        ui.label("For whoever opens this next").classes("fs-field-label")
        field = ui.textarea(value=node.note).props('outlined autogrow debounce=400 aria-label="Note" maxlength=5000')
        entered(field, self.entry(node.id, "note"))

    def _soon(self, work: Awaitable[None]) -> None:
        from nicegui import background_tasks

        background_tasks.create(_awaited(work))


async def _awaited(work: Awaitable[None]) -> None:
    await work


def help_text(found: type[NodeType]) -> str:
    """Return the help that a step's author wrote, as one paragraph."""
    return " ".join((found.__doc__ or "").split())


def _differing(before: JsonObject, after: JsonObject) -> list[str]:
    return [key for key in {*before, *after} if before.get(key) != after.get(key)]
