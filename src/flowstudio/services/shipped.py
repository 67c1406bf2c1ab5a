"""What every FlowStudio ships with: node types, record types, settings of a fresh workspace, message texts."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import tzlocal

import flowstudio.nodes
from flowstudio.config import ASSETS, TEMPLATES
from flowstudio.kit import Registry
from flowstudio.kit.record_types import shipped_record_types
from flowstudio.services.facts import WorkspaceFacts
from flowstudio.services.own_actions import OwnActions, find_own_actions

if TYPE_CHECKING:
    from flowstudio.config import Settings
    from flowstudio.domain.json import JsonObject

MESSAGES = ASSETS / "messages"


@cache
def registry_of() -> Registry:
    """Return the node types that the product ships with."""
    return Registry.of(flowstudio.nodes)


def own_actions_of(settings: Settings) -> OwnActions:
    """Load the actions that users of this installation wrote."""
    return find_own_actions(settings.actions_folder, registry_of())


@cache
def sample_settings() -> JsonObject:
    """Return the workspace settings of a fresh installation."""
    rows = json.loads((ASSETS / "settings.json").read_text(encoding="utf-8"))
    return {row["key"]: row["sample"] for row in rows}


@cache
def shipped_template_ids() -> frozenset[str]:
    """Return the ids of the templates that the product ships with, told by their files."""
    return frozenset(file.stem for file in TEMPLATES.glob("*/*.json"))


def machine_zone() -> str:
    """Return this machine's time zone by name."""
    try:
        return tzlocal.get_localzone_name() or "UTC"
    except (LookupError, OSError, ValueError):  # a machine without a readable zone has one all the same
        return "UTC"


def shipped_facts(messages: dict[str, JsonObject]) -> WorkspaceFacts:
    """Return what a fresh workspace knows: for checks of files outside any workspace."""
    types = shipped_record_types()
    return WorkspaceFacts(
        types={name: types[name] for name in types},
        settings={**sample_settings(), "timezone": machine_zone()},
        messages=messages,
        template_ids=shipped_template_ids(),
    )
