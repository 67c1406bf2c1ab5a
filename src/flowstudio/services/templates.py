"""Templates as a person uses them, shipped and own ones alike: look for one, look at it, make a workflow from it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from flowstudio.domain.actor import Actor, Role
from flowstudio.errors import BadRequest
from flowstudio.interchange import write_document
from flowstudio.services.editing import ops
from flowstudio.services.hook_secrets import WEBHOOK
from flowstudio.services.template_file import OWN
from flowstudio.services.template_needs import VALUE, askable, typed
from flowstudio.services.template_rows import TemplateFilter, TemplateRow
from flowstudio.services.test_cases import renewed, run_cases

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject, JsonValue
    from flowstudio.engine.test_run import TestRun
    from flowstudio.kit import Registry
    from flowstudio.services.documents import Documents
    from flowstudio.services.exchange import Exchange, Imported
    from flowstudio.services.hook_secrets import HookSecrets
    from flowstudio.services.own_templates import OwnTemplateService
    from flowstudio.services.template_library import Template, TemplateLibrary
    from flowstudio.services.testing import TestingService

LONGEST_NAME = 200
_REPLACED = ("channel", "team", "address")


class TemplateService:
    """The verbs of templates."""

    def __init__(
        self,
        library: TemplateLibrary,
        own: OwnTemplateService,
        exchange: Exchange,
        testing: TestingService,
        documents: Documents,
        hook_secrets: HookSecrets,
    ) -> None:
        self._library = library
        self._own = own
        self._exchange = exchange
        self._testing = testing
        self._documents = documents
        self._hook_secrets = hook_secrets

    async def list(self, actor: Actor, wanted: TemplateFilter | None = None) -> list[TemplateRow]:
        """Return the templates that fit, the easy ones first."""
        actor.require(Role.VIEWER)
        rows = [*self._library.rows.values(), *await self._own.rows(actor)]
        return (wanted or TemplateFilter()).of(rows)

    async def get(self, actor: Actor, template_id: str) -> Template:
        """Return a template with its workflow; raise NotFound."""
        actor.require(Role.VIEWER)
        if template_id.startswith(OWN):
            return await self._own.get(actor, template_id)
        return self._library.get(template_id)

    async def export(self, actor: Actor, template_id: str) -> bytes:
        """Return a template as a file, in its one fixed form; raise NotFound."""
        return self._documents.dump((await self.get(actor, template_id)).workflow)

    async def create(self, actor: Actor, template_id: str, values: Mapping[str, JsonValue] | None = None) -> Imported:
        """Make a draft from a template; it keeps the template's id where that is free, else it is `<id>-2` and so on.

        `values` may hold `name`, and by the keys of the template's setup own Slack channels, teams, addresses and
        settings, and the secret that callers of its webhook send. A secret that is not given is made, and told once.
        Raises NotFound, and BadRequest for a value that the template does not ask for.
        """
        actor.require(Role.BUILDER)
        template = await self.get(actor, template_id)
        given = values or {}
        document = filled(template, given, self._documents.registry)
        hooks = {one["key"] for one in template.setup if one["kind"] == WEBHOOK}
        chosen = {key: str(value).strip() for key, value in given.items() if key in hooks}
        document, made = await self._hook_secrets.keep(actor, document, chosen)
        document = await self._promised_here(actor, document)
        imported = await self._exchange.import_document(actor, document, on_conflict="copy")
        return replace(imported, secrets=made)

    async def _promised_here(self, actor: Actor, document: JsonObject) -> JsonObject:
        """Return the document whose test cases promise what happens here: with this workspace's settings and values."""
        workflow = self._documents.read(document).workflow
        if workflow is None:
            return document
        results = await run_cases(self._testing, actor, workflow)
        changed = [one for one in results if one.differences]
        return write_document(renewed(workflow, changed)) if changed else document

    async def try_out(self, actor: Actor, template_id: str, sample: int = 0) -> TestRun:
        """Test-run a template on one of its samples; nothing leaves. Return the finished test run."""
        actor.require(Role.BUILDER)
        template = await self.get(actor, template_id)
        if not 0 <= sample < len(template.samples):
            raise BadRequest(f"This template has {len(template.samples)} samples.", hint="They are counted from 0.")
        chosen = template.samples[sample]["sample"]
        return await self._testing.whole(actor, template.workflow, chosen, own_types=template.row.own)


def filled(template: Template, values: Mapping[str, JsonValue], registry: Registry) -> JsonObject:
    """Return the document of a new workflow: the template's, with a person's values in it."""
    asked = {one["key"]: one["kind"] for one in template.setup if one["kind"] in (*_REPLACED, VALUE, WEBHOOK)}
    texts: dict[str, str] = {}
    for key, value in values.items():
        if not isinstance(value, str) or not value.strip():
            raise BadRequest(f'The value of "{key}" must be a text.')
        if key != "name" and key not in asked:
            known = ", ".join(("name", *asked))
            raise BadRequest(f'The template does not ask for "{key}".', hint=f"It takes: {known}.")
        texts[key] = value.strip()
    document = _with_settings(template, {key: one for key, one in texts.items() if asked.get(key) == VALUE}, registry)
    del document["template"]  # what is said about a template is not said about the workflow made from it
    for key, text in texts.items():
        if key == "name":
            document["name"] = text[:LONGEST_NAME]
        elif asked[key] in _REPLACED:
            document["nodes"] = [_with_value(node, asked[key], key, text) for node in document["nodes"]]
    return document


def _with_settings(template: Template, values: Mapping[str, str], registry: Registry) -> JsonObject:
    """Return the template's document with a person's values of single settings in it."""
    if not values:
        return deepcopy(template.document)
    workflow = template.workflow
    known = {one.key: one for one in askable(workflow, registry)}
    for key, text in values.items():
        part, _, setting = key.rpartition(".")
        workflow = ops.set_setting(workflow, part, setting, typed(known[key].setting, text))
    return write_document(workflow)


def _with_value(node: JsonObject, kind: str, key: str, value: str) -> JsonObject:
    """Return a node that sends to the person's own channel, team or address."""
    config: JsonObject = node.get("config", {})
    if kind == "address":
        return {**node, "config": {**config, "url": value}} if node["id"] == key else node
    places = {"channel": ("channel", "to"), "team": ("team", "assign_to")}[kind]
    changed = {name: value for name in places if config.get(name) == key}
    return {**node, "config": {**config, **changed}} if changed else node
