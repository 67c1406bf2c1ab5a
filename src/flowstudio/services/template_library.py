"""The templates that the product ships, read from their folder when first wanted and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import orjson

from flowstudio.config import TEMPLATES
from flowstudio.errors import NotFound, UnreadableDocument
from flowstudio.interchange import read_document
from flowstudio.services.shipped import registry_of
from flowstudio.services.template_rows import TemplateRow, row_of

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry


@dataclass(frozen=True, slots=True)
class Template:
    """One template whole."""

    row: TemplateRow
    workflow: Workflow
    document: JsonObject
    """The file's content. It is shared: copy before changing it."""

    @property
    def setup(self) -> list[JsonObject]:
        """Return what a person sees to before it runs: `{"kind", "key", "label", "why"?, "optional"?}`.

        Kinds: credential, setting, channel, team, address, webhook, inbox, event, workflow.
        """
        return list(self.document["template"].get("setup", ()))

    @property
    def samples(self) -> list[JsonObject]:
        """Return its test cases: `{"name", "sample", "expects"}`."""
        return list(self.document.get("tests", ()))


class TemplateLibrary:
    """The templates below a folder, `<category>/<id>.json` each."""

    def __init__(self, registry: Registry, folder: Path = TEMPLATES) -> None:
        self._registry = registry
        self._folder = folder
        self._whole: dict[str, Template] = {}

    @cached_property
    def _documents(self) -> Mapping[str, JsonObject]:
        files = sorted(self._folder.glob("*/*.json"))
        return MappingProxyType({file.stem: orjson.loads(file.read_bytes()) for file in files})

    @cached_property
    def rows(self) -> Mapping[str, TemplateRow]:
        """Return every template as lists show it, by id; read without building any workflow."""
        return MappingProxyType({key: row_of(document) for key, document in self._documents.items()})

    def get(self, template_id: str) -> Template:
        """Return a template with its workflow; raise NotFound."""
        found = self._whole.get(template_id)
        if found is None:
            found = self._whole[template_id] = self._read(template_id)
        return found

    def all(self) -> list[Template]:
        """Return every template with its workflow."""
        return [self.get(template_id) for template_id in self.rows]

    def _read(self, template_id: str) -> Template:
        document = self._documents.get(template_id)
        if document is None:
            raise NotFound(f'There is no template "{template_id}".', hint="flowstudio templates list shows them all.")
        result = read_document(document, self._registry)
        if result.workflow is None:
            raise UnreadableDocument(result.problems)
        return Template(self.rows[template_id], result.workflow, document)


@cache
def shipped_library() -> TemplateLibrary:
    """Return the library that the product ships with, one for the whole program."""
    return TemplateLibrary(registry_of())
