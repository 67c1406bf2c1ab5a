"""One template: its drawing, what it does in plain English, what it needs, and what its sample shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app, ui

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import FlowStudioError, NotFound, UnreadableDocument
from flowstudio.kit.words import capital, human, listed, singular, spaced
from flowstudio.services.template_needs import SET_BY, VALUE, askable, is_connected
from flowstudio.services.template_rows import CATEGORIES
from flowstudio.ui.components.ask import answer_of, confirm
from flowstudio.ui.components.canvas import FlowCanvas
from flowstudio.ui.components.failing import said
from flowstudio.ui.components.missing import missing
from flowstudio.ui.components.painting import paint
from flowstudio.ui.components.problems import problem_list
from flowstudio.ui.components.shell import shell
from flowstudio.ui.components.template_form import ask_about
from flowstudio.ui.components.told_once import tell_secrets
from flowstudio.ui.components.voice import voice
from flowstudio.ui.components.words import count_of
from flowstudio.ui.editor.view import tidied, view_graph
from flowstudio.ui.theme import button, chip, dialog_title, icon, tile, toast
from flowstudio.ui.visit import PATIENCE, current_actor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flowstudio.domain.json import JsonObject
    from flowstudio.engine.test_run import TestRun
    from flowstudio.services.studio import Studio
    from flowstudio.services.template_library import Template

NEEDS = {
    "credential": ("plug-connected", "A connection"),
    "setting": ("adjustments", "A setting of your workspace"),
    "connection": ("plug-connected", "You choose it at the step"),
    "value": ("forms", "You choose it when you use the template"),
    "channel": ("brand-slack", "You choose it when you use the template"),
    "team": ("users-group", "You choose it when you use the template"),
    "address": ("world", "You choose it when you use the template"),
    "webhook": ("webhook", "You find its address at the trigger, its secret is shown once"),
    "inbox": ("inbox", "You connect it at the trigger"),
    "event": ("bolt", "Sent to the API"),
    "workflow": ("route", "A second template that this one starts"),
}
ASKED = ("channel", "team", "address", "value")
MESSAGES = {
    "email": ("mail", "email"), "sms": ("device-mobile", "text message"), "push": ("bell", "push message"),
    "slack": ("brand-slack", "Slack message"), "in_app": ("bell-ringing", "notification"),
    "team": ("users-group", "team message"), "calendar": ("calendar-event", "invitation"),
}  # fmt: skip


class Preview:
    """The page's state and its drawing."""

    def __init__(self, studio: Studio, actor: Actor, template: Template) -> None:
        self.studio = studio
        self.actor = actor
        self.template = template
        self.canvas: FlowCanvas | None = None
        self.tried: TestRun | None = None
        self.failed = ""
        """Why the sample could not be run."""

    async def draw(self) -> None:
        """Draw the page; the sample is run at once, nothing leaves."""
        row = self.template.row
        self.types = await self.studio.documents.facts(self.actor.workspace)
        if _builds(self.actor) and self.template.samples:
            await self._run_sample()
        count = len(await self.studio.templates.list(self.actor))
        with (
            shell(self.actor, "/templates", row.name, {"/templates": count}),
            ui.element("div").classes("fs-preview"),
        ):
            self._bar()
            with ui.element("section").classes("fs-preview__canvas").props('aria-label="Drawing"'):
                with ui.element("div").classes("fs-preview__note"):
                    chip("Preview, nothing is saved", "idle", icon="eye")
                graph = view_graph(
                    tidied(self.template.workflow, self.studio.registry), self.studio.registry, readonly=True
                )
                self.canvas = FlowCanvas(graph, minimap=False)
            with ui.element("aside").classes("fs-preview__told").props('aria-label="What it does" tabindex=0'):
                self._told()

    async def _run_sample(self) -> None:
        """Run the first sample; a template of people's own may hold one that does not fit any more."""
        try:
            self.tried = await self.studio.templates.try_out(self.actor, self.template.row.id)
        except FlowStudioError as error:
            self.failed = error.message

    def _bar(self) -> None:
        row = self.template.row
        with ui.element("header").classes("fs-preview__bar"):
            with ui.element("a").classes("fs-preview__back").props('href="/templates"'):
                icon("arrow-left", 16)
                ui.label("Templates")
            ui.label(row.name).classes("fs-title--large").props("role=heading aria-level=1")
            place = CATEGORIES.get(row.category, row.category)
            ui.label(f"Ours, {place}" if row.own else place).classes("fs-caption")
            if self.tried is not None:
                button("Try with sample data", icon="player-play", on_click=self._try)
            if _builds(self.actor):
                button("Use this template", "primary", on_click=self._use)
            self._menu()

    def _menu(self) -> None:
        own = self.template.row.own and _builds(self.actor)
        with button("", "quiet", icon="dots", label="More about this template"), ui.menu().classes("fs-menu"):
            if own:
                ui.menu_item("Edit details", on_click=self._edit)
            ui.menu_item("Export", on_click=lambda: ui.navigate.to(f"/templates/{self.template.row.id}/file"))
            if own:
                ui.menu_item("Delete", on_click=self._delete)

    async def _edit(self) -> None:
        departments = sorted({row.department for row in await self.studio.templates.list(self.actor)})
        about = await ask_about(self.template.row, departments)
        if about is None:
            return
        try:
            await self.studio.own_templates.change(self.actor, self.template.row.id, about)
        except UnreadableDocument as error:
            problem_list("These details cannot be saved", error.problems, error.message)
            return
        except FlowStudioError as error:
            toast(error.told, wrong=True)
            return
        ui.navigate.to(f"/templates/{self.template.row.id}")

    async def _delete(self) -> None:
        row = self.template.row
        text = "Workflows made from it stay as they are."
        if await confirm(f"Delete {row.name}?", text, "Delete the template", destroys=True):
            with said():
                await self.studio.own_templates.delete(self.actor, row.id)
                ui.navigate.to("/templates")

    def _told(self) -> None:
        if self.template.row.summary:
            ui.label(self.template.row.summary).classes("fs-text fs-text-2")
        explanation = self.studio.documents.explain(self.template.workflow)
        voice(explanation, self._go, self._point)
        with _part("It needs"):
            types = self._record_types()
            known = [spaced(name) for name in types if self.types.record_type(name) is not None]
            missing = [spaced(name) for name in types if self.types.record_type(name) is None]
            if known:
                _need("database", capital(listed(known)), "Record types, already in your workspace", met=True)
            if missing:
                _need("database", capital(listed(missing)), "Record types that your workspace does not have yet")
            for one in self.template.setup:
                self._need(one)
        if self.tried is not None:
            with _part("With its sample data it does this"):
                self._done(self.tried.result())
        elif self.failed:
            with _part("Its sample"):
                ui.label(f"It cannot be run here: {self.failed}").classes("fs-text fs-text-2")
        if len(self.template.samples) > 1:
            with _part("Further samples"):
                ui.label(listed([str(one["name"]) for one in self.template.samples[1:]])).classes("fs-text fs-text-2")
        asked = [str(one["label"]) for one in self.template.setup if one["kind"] in ASKED]
        with _part("You will be asked for"):
            ui.label(f"{capital(listed(['a name', *asked]))}. The rest is ready.").classes("fs-text fs-text-2")

    def _record_types(self) -> list[str]:
        named = [node.config.get("entity") for node in self.template.workflow.nodes]
        return [name for name in dict.fromkeys(named) if isinstance(name, str)]

    def _need(self, one: JsonObject) -> None:
        symbol, note = NEEDS.get(one["kind"], ("circle", ""))
        met, link = False, ""
        if one["kind"] == "credential":
            met = is_connected(one["key"], self.studio.credentials.get)
            note, link = str(one.get("why", note)), "" if met else "/credentials"
            if not met and one["key"] == "smtp":  # whoever runs FlowStudio sets it; no page can
                note, link = f"{note} Whoever runs FlowStudio sets {SET_BY['smtp'][0]}.", ""
        elif one["kind"] == "setting":
            value = self.studio.settings.settings(self.actor.workspace).get(one["key"])
            met = value not in (None, "", [])
            if met:
                note = f"Now: {', '.join(map(str, value)) if isinstance(value, list) else value}"
            link = "" if met else "/settings"
        elif one.get("why"):
            note = str(one["why"])
        _need(symbol, str(one["label"]), note, met=met, link=link)

    def _done(self, result: JsonObject) -> None:
        lines = 0
        for channel, count in Counter(one["channel"] for one in result["messages"]).items():
            people = dict.fromkeys(str(one["to"]) for one in result["messages"] if one["channel"] == channel)
            symbol, word = MESSAGES.get(channel, ("message", "message"))
            _deed(
                symbol,
                count_of(count, word),
                f"to {listed(list(people)[:3])}" + (" and others" if len(people) > 3 else ""),
            )
            lines += 1
        for key, symbol, verb in (
            ("created", "plus", "created"),
            ("updated", "pencil", "changed"),
            ("deleted", "trash", "deleted"),
        ):
            for entity, count in Counter(one["entity"] for one in result[key]).items():
                _deed(symbol, f"{count_of(count, singular(entity))}", verb)
                lines += 1
        for one in result["external_calls"]:
            _deed("world", "1 call", f"{one['call']} {one['target']}")
            lines += 1
        if not lines:
            ui.label(result["reason"] or "Nothing is sent or changed.").classes("fs-text fs-text-2")

    def _go(self, node_id: str) -> None:
        if node_id and self.canvas is not None:
            self.canvas.focus_node(node_id)

    def _point(self, node_id: str) -> None:
        if self.canvas is not None:
            self.canvas.highlight([node_id] if node_id else [])

    def _try(self) -> None:
        if self.canvas is None or self.tried is None:
            return
        run = self.tried.run
        painted = paint(self.template.workflow, self.tried.steps, trigger_id=run.trigger_id, finished=True, test=True)
        self.canvas.status(painted)

    async def _use(self) -> None:
        values = await self._asked()
        if values is None:
            return
        with said():
            made = await self.studio.templates.create(self.actor, self.template.row.id, values)
            if made.secrets:
                await tell_secrets(made.secrets)
            ui.navigate.to(f"/workflows/{made.id}")

    async def _asked(self) -> dict[str, str] | None:
        """Ask for the few values that the template needs; None when the person changes their mind."""
        fields: dict[str, ui.input | ui.select] = {}
        known = {one.key: one.setting for one in askable(self.template.workflow, self.studio.registry)}
        with ui.dialog() as dialog, ui.card().classes("fs-dialog"):
            dialog_title(dialog, "Use this template")
            fields["name"] = _field("Name", self.template.row.name)
            for one in self.template.setup:
                if one["kind"] in ASKED:
                    choices = known[one["key"]].choices if one["kind"] == VALUE and one["key"] in known else None
                    fields[one["key"]] = _field(str(one["label"]), self._present(one), choices)
            with ui.element("div").classes("fs-dialog__deeds"):
                button("Not now", "quiet", on_click=lambda: dialog.submit(None))
                button("Make the workflow", "primary", on_click=lambda: dialog.submit(True))
        if not await answer_of(dialog):
            return None
        given = {key: str(field.value or "").strip() for key, field in fields.items()}
        return {key: value for key, value in given.items() if value}

    def _present(self, one: JsonObject) -> str:
        if one["kind"] == VALUE:
            return self._present_value(str(one["key"]))
        if one["kind"] != "address":
            return str(one["key"])
        node = self.template.workflow.node(one["key"])
        return str(node.config.get("url", "")) if node else ""

    def _present_value(self, key: str) -> str:
        node_id, _, setting = key.rpartition(".")
        part = self.template.workflow.node(node_id) or self.template.workflow.trigger(node_id)
        value = part.config.get(setting) if part is not None else None
        return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _builds(actor: Actor) -> bool:
    return actor.role in (Role.BUILDER, Role.ADMIN, Role.OWNER)


def _field(label: str, value: str, choices: Sequence[str] | None = None) -> ui.input | ui.select:
    named = f'outlined dense aria-label="{label.replace(chr(34), chr(39))}"'
    with ui.element("div").classes("fs-field"):
        ui.label(label).classes("fs-field-label")
        if choices:
            words = {one: human(one) for one in choices}
            return ui.select(words, value=value if value in words else choices[0]).props(f"{named} options-dense")
        return ui.input(value=value).props(f"{named} maxlength=2000")


def _part(title: str) -> ui.element:
    part = ui.element("section").classes("fs-preview__part").props(f'aria-label="{title}"')
    with part:
        ui.label(title).classes("fs-strong fs-text-2").props("role=heading aria-level=2")
    return part


def _need(symbol: str, title: str, note: str, *, met: bool = False, link: str = "") -> None:
    with ui.element("div").classes("fs-need"):
        tile("plain", symbol, tint=True)
        with ui.element("div"):
            ui.label(title).classes("fs-text fs-strong")
            ui.label(note).classes("fs-caption")
        if met:
            icon("check").classes("fs-ok")
        elif link:
            button("Set up" if link == "/settings" else "Connect", on_click=lambda: ui.navigate.to(link))


def _deed(symbol: str, what: str, rest: str) -> None:
    with ui.element("div").classes("fs-need"):
        tile("action", symbol)
        with ui.element("div").classes("fs-text"):
            ui.label(what).classes("fs-strong")
            ui.label(rest).classes("fs-caption")


def register(studio: Studio) -> None:
    """Add the page and the file it offers."""

    @app.get("/templates/{template_id}/file", include_in_schema=False)
    async def file(template_id: str, request: Request) -> Response:
        if request.state.actor is None:
            return RedirectResponse("/sign-in", status_code=303)
        raw = await studio.templates.export(request.state.actor, template_id)
        headers = {"content-disposition": f'attachment; filename="{template_id}.json"'}
        return Response(raw, media_type="application/json", headers=headers)

    @ui.page("/templates/{template_id}", response_timeout=PATIENCE)
    async def page(template_id: str) -> None:
        actor = current_actor()
        try:
            template = await studio.templates.get(actor, template_id)
        except NotFound:
            missing(actor, "template", "template", "/templates")
            return
        await Preview(studio, actor, template).draw()
