"""Forms made from settings models: which fields stand there, and what comes back from them."""

import json
from typing import Any, Literal

import pytest
from nicegui import ui
from nicegui.testing import User
from nicegui.testing.user_interaction import UserInteraction
from pydantic import TypeAdapter

from flowstudio import nodes
from flowstudio.kit import Config, Registry, Setting, setting, settings_of
from flowstudio.ui import forms, theme
from flowstudio.ui.forms.widgets import WIDGETS
from flowstudio.ui.forms.widgets.seam import allows


class Mail(Config):
    to: list[str] | str = setting(label="To", widget="recipients", example="anna@example.com")
    subject: str = setting(label="Subject", example="Hello")
    priority: Literal["normal", "very_high"] = setting("normal", label="Priority")
    why: str = setting("", label="Why", show_if={"priority": "very_high"})
    track: bool = setting(False, label="Count openings", help="Adds a small picture.")
    body: Any = setting(None, label="Body", widget="json")
    entity: str = setting("", label="Of", widget="entity")
    where: dict[str, Any] | None = setting(None, label="Which", widget="filter", reading="filter")
    values: dict[str, Any] = setting(default_factory=dict, label="Values", widget="fields")
    attempts: int = setting(3, label="Attempts", advanced=True)


class When(Config):
    mode: Literal["cron", "daily"] | None = setting(None, label="How often", widget="schedule", reading="literal")
    cron: str | None = setting(None, label="Cron", reading="literal")
    time: str | None = setting(None, label="At", reading="literal")
    timezone: str = setting("workspace", label="Time zone", reading="literal")


FIELDS = {"invoices": "Amount", "customers": "Segment"}


def choices(setting: Setting, values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"value": name, "label": name.capitalize()} for name in FIELDS] if setting.widget == "entity" else []


def fields(setting: Setting, values: dict[str, Any]) -> list[dict[str, Any]]:
    label = FIELDS.get(values.get("entity", ""), "")
    return [{"title": "Fields", "items": [{"path": label.lower(), "label": label, "type": "text"}]}] if label else []


class Shown:
    """A form on a page, and what it reported."""

    def __init__(self, model: type[Config], values: dict[str, Any], **context: Any) -> None:
        self.model, self.start, self.given = model, values, context
        self.changes: list[tuple[str, Any]] = []
        self.form: forms.Form

    def page(self) -> None:
        context = forms.FormContext(choices=choices, fields=fields, **self.given)
        self.form = forms.render_form(
            settings_of(self.model),
            self.start,
            context=context,
            on_change=lambda key, value: self.changes.append((key, value)),
        )

    async def open(self, user: User) -> "Shown":
        ui.page("/forms")(self.page)
        await user.open("/forms")
        return self

    def enter(self, key: str, value: Any) -> None:
        """Do what the browser does when a person leaves the field."""
        element: Any = self.form.fields[key]
        for listener in element._event_listeners.values():
            if listener.type == "change":
                element._handle_event({"listener_id": listener.id, "args": value})

    def props(self, key: str) -> dict[str, Any]:
        element: Any = self.form.fields[key]
        return dict(element._props)


async def test_labels_help_examples_and_errors_stand_in_their_fields(user: User) -> None:
    shown = await Shown(Mail, {}, errors={"subject": "The subject is missing."}, now={"to": "anna"}).open(user)
    assert shown.props("subject")["label"] == "Subject"
    assert shown.props("subject")["placeholder"] == "Hello"
    assert shown.props("subject")["error"] == "The subject is missing."
    assert shown.props("to")["now"] == "anna"
    await user.should_see("Adds a small picture.")
    await user.should_see(forms.build.MORE)


async def test_a_change_is_reported_with_its_key_and_kept(user: User) -> None:
    shown = await Shown(Mail, {"to": "anna@example.com"}).open(user)
    shown.enter("subject", "Hello {{client.name}}")
    assert shown.changes == [("subject", "Hello {{client.name}}")]
    assert shown.form.values == {"to": "anna@example.com", "subject": "Hello {{client.name}}"}


async def test_an_echo_of_the_browser_is_not_sent_back(user: User) -> None:
    shown = await Shown(Mail, {}).open(user)
    shown.enter("subject", "Hi")
    assert shown.props("subject")["value"] == "Hi"
    assert shown.props("subject")["revision"] == 0
    shown.form.set_values({"subject": "Before"})
    assert shown.props("subject")["value"] == "Before"
    assert shown.props("subject")["revision"] == 1
    assert shown.changes == [("subject", "Hi")]


async def test_what_another_person_changed_leaves_alone_what_is_being_written(user: User) -> None:
    shown = await Shown(Mail, {"to": "anna@example.com"}).open(user)
    shown.enter("subject", "Half a sent")
    shown.form.set_values({"to": "bert@example.com"}, ["to"])
    assert shown.props("to")["value"] == "bert@example.com"
    assert shown.props("subject")["value"] == "Half a sent"
    assert shown.form.values == {"to": "bert@example.com", "subject": "Half a sent"}


async def test_a_setting_shows_only_where_it_applies(user: User) -> None:
    shown = await Shown(Mail, {}).open(user)
    why: Any = shown.form.fields["why"]
    assert not why.visible
    shown.enter("priority", "very_high")
    assert why.visible
    shown.form.set_values({"priority": "normal"})
    assert not why.visible


async def test_closed_choices_are_said_in_words(user: User) -> None:
    shown = await Shown(Mail, {}).open(user)
    assert shown.props("priority")["options"] == [
        {"value": "normal", "label": "Normal"},
        {"value": "very_high", "label": "Very high"},
    ]
    assert shown.props("priority")["variables"] == []


async def test_a_filter_follows_the_record_type(user: User) -> None:
    shown = await Shown(Mail, {"entity": "invoices"}).open(user)
    assert json.dumps(shown.props("where")["fields"]).count("Amount") == 1
    shown.enter("entity", "customers")
    assert json.dumps(shown.props("where")["fields"]).count("Segment") == 1


@pytest.mark.parametrize(
    "written",
    [
        {"status": "overdue", "days_overdue": {"$gte": 7}},
        "status equals overdue; days_overdue greater_or_equal 7",
        {"type": "and", "conditions": [{"field": "status", "operator": "equals", "value": "overdue"}, {"field": "days_overdue", "operator": "greater_or_equal", "value": 7}]},
    ],
    ids=["dollar form", "text form", "tree"],
)  # fmt: skip
async def test_every_form_of_a_filter_stands_in_the_builder(user: User, written: Any) -> None:
    shown = await Shown(Mail, {"where": written}).open(user)
    rules = shown.props("where")["value"]["conditions"]
    assert [(rule["field"], rule["operator"]) for rule in rules] == [
        ("status", "equals"),
        ("days_overdue", "greater_or_equal"),
    ]


async def test_data_is_read_as_json_and_half_written_data_is_not_reported(user: User) -> None:
    shown = await Shown(Mail, {"body": {"a": [1]}}).open(user)
    assert json.loads(shown.props("body")["value"]) == {"a": [1]}
    shown.enter("body", '{"a": ')
    assert shown.changes == []
    assert "Brackets" in shown.props("body")["error"]
    shown.enter("body", '{"a": "{{x}}"}')
    assert shown.changes == [("body", {"a": "{{x}}"})]
    shown.enter("body", "{{invoice}}")
    assert shown.changes[-1] == ("body", "{{invoice}}")


async def test_errors_and_samples_come_and_go(user: User) -> None:
    shown = await Shown(Mail, {}).open(user)
    shown.form.set_errors({"to": "Nobody by this name."})
    shown.form.set_now({"subject": "Hi"})
    assert shown.props("to")["error"] == "Nobody by this name."
    assert shown.props("subject")["now"] == "Hi"
    shown.form.set_errors({})
    assert shown.props("to")["error"] is None


async def test_a_schedule_is_one_field_over_its_settings(user: User) -> None:
    shown = await Shown(When, {"cron": "0 9 * * *"}, schedule=lambda value: ("Every day.", ["Mon"])).open(user)
    assert set(shown.form.fields) == {"mode", "timezone"}
    assert shown.props("mode")["value"] == {"cron": "0 9 * * *"}
    assert shown.props("mode")["sentence"] == "Every day."
    shown.enter("mode", {"mode": "daily", "time": "08:00"})
    assert shown.changes == [("mode", "daily"), ("cron", None), ("time", "08:00")]
    shown.form.set_errors({"time": "No such time."})
    assert shown.props("mode")["error"] == "No such time."
    shown.form.set_values({"cron": "5 5 * * *"})
    assert shown.props("mode")["value"] == {"cron": "5 5 * * *"}
    shown.form.set_values({"cron": "6 6 * * *"}, ["cron"])
    assert shown.props("mode")["value"] == {"cron": "6 6 * * *"}


class Choosing(Config):
    cases: list[dict[str, Any]] = setting(default_factory=list, label="Cases", widget="cases", reading="lazy")
    inputs: list[dict[str, Any]] = setting(default_factory=list, label="Asks for", widget="inputs", reading="literal")


async def test_cases_are_added_and_taken_out(user: User) -> None:
    shown = await Shown(Choosing, {"cases": [{"name": "high", "value": "high", "extra": 1}]}).open(user)
    user.find("Case with a rule").click()
    assert shown.changes[-1] == (
        "cases",
        [{"name": "high", "value": "high", "extra": 1}, {"name": "case 2", "condition": None}],
    )
    remove = next(one for one in user.find(ui.button).elements if one._props.get("aria-label") == "Remove case 1")
    UserInteraction(user, {remove}, None).click()
    assert shown.changes[-1] == ("cases", [{"name": "case 2", "condition": None}])


async def test_questions_keep_what_they_do_not_show(user: User) -> None:
    shown = await Shown(Choosing, {"inputs": [{"name": "lead", "type": "record:leads", "hint": "x"}]}).open(user)
    user.find(kind=ui.button, content="Question").click()
    assert shown.changes[-1][1][0] == {"name": "lead", "type": "record:leads", "hint": "x"}
    assert shown.changes[-1][1][1] == {"name": "", "type": "text", "required": True}


def test_every_setting_of_every_node_type_has_a_widget() -> None:
    registry = Registry.of(nodes)
    unknown = {
        (kind.key, one.key, one.widget)
        for kind in registry.all()
        for one in kind.settings()
        if one.widget not in WIDGETS
    }
    assert not unknown


def test_one_recipient_is_written_as_the_setting_takes_it() -> None:
    """A list of one is a text only where the model takes a text."""
    registry = Registry.of(nodes)
    for node_type in registry.all():
        for each in node_type.settings():
            if each.widget in ("recipients", "list"):
                reader = TypeAdapter(each.annotation)
                assert not allows(each.annotation, str) or reader.validate_python("boss@firm.example"), each
                assert not allows(each.annotation, list) or reader.validate_python(["a@b.example"]), each
    approvers = next(one for one in registry.get("approval").settings() if one.key == "approvers")
    assert not allows(approvers.annotation, str)
    assert allows(approvers.annotation, list)


async def test_every_node_type_shows_its_form(user: User) -> None:
    registry = Registry.of(nodes)
    problems: list[str] = []

    @ui.page("/all")
    def page() -> None:
        for kind in registry.all():
            values = {one.key: one.example for one in kind.settings() if one.example is not None}
            form = forms.render_form(
                kind.settings(), values, context=forms.FormContext(), on_change=lambda key, value: problems.append(key)
            )
            form.set_values(values)
            form.set_errors(dict.fromkeys(values, "Wrong."))

    await user.open("/all")
    assert problems == []


def test_pages_have_the_look() -> None:
    assert theme.icon_url("mail").endswith("#mail")
