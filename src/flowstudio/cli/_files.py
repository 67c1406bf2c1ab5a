"""Workflow files on disk: read, checked against what the product ships with."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from flowstudio.analysis import check
from flowstudio.config import load_settings
from flowstudio.connectors.messages import FileMessageTexts
from flowstudio.domain.json_text import read_json as read_json_text
from flowstudio.domain.problem import Problem
from flowstudio.errors import BadRequest, UnreadableDocument
from flowstudio.interchange import read_document
from flowstudio.services.documents import Documents
from flowstudio.services.facts import WorkspaceFacts
from flowstudio.services.shipped import MESSAGES, own_actions_of, registry_of, shipped_facts

if TYPE_CHECKING:
    from pathlib import Path

    from flowstudio.domain.workflow import Workflow
    from flowstudio.kit import Registry


@cache
def shipped_messages() -> FileMessageTexts:
    """Return the message texts that the product ships with."""
    return FileMessageTexts(MESSAGES)


@cache
def registry() -> Registry:
    """Return the node types of this installation: those that the product ships with, and its own actions."""
    return registry_of().extended(own_actions_of(load_settings()).types)


@cache
def facts() -> WorkspaceFacts:
    """Return what a fresh workspace knows."""
    return shipped_facts({text.name: text.model_dump(mode="json") for text in shipped_messages().all()})


def read_bytes(file: Path) -> bytes:
    """Return a file's content; raise BadRequest with one clear line."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadRequest(f"{file} cannot be read: {error.strerror}.") from error


def read_json(file: Path) -> dict[str, Any]:
    """Return a JSON file's object."""
    data = read_json_text(read_bytes(file), str(file))
    if not isinstance(data, dict):
        raise BadRequest(f"{file} does not hold a JSON object.")
    return data


def read_workflow(file: Path) -> tuple[Workflow, tuple[Problem, ...]]:
    """Return a file's workflow with all its problems; raise UnreadableDocument."""
    result = read_document(Documents.parse(read_bytes(file)), registry())
    if result.workflow is None:
        raise UnreadableDocument(result.problems)
    found = [*result.problems, *check(result.workflow, registry(), facts())]
    return result.workflow, tuple({(one.path, one.code, one.message): one for one in found}.values())


def problems_of_file(file: Path) -> list[dict[str, Any]]:
    """Return every problem of a file as JSON; one that cannot be read has that as its problem."""
    try:
        _, problems = read_workflow(file)
    except UnreadableDocument as error:
        problems = tuple(error.problems)
    except BadRequest as error:
        problems = (Problem(path="$", code=error.code, message=error.message, hint=error.hint),)
    return [one.model_dump(mode="json") for one in problems]
