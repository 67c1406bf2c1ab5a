"""Finds node types: every module below a package it is handed, nothing else to be touched."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from types import ModuleType

from flowstudio.domain.workflow import Node, Trigger
from flowstudio.errors import UnknownNodeType
from flowstudio.kit.naming import is_unnamed, name_of
from flowstudio.kit.nodes import Action, FlowNode, InstantAction, NodeType, TriggerType

_BASES: frozenset[type[NodeType]] = frozenset({NodeType, Action, InstantAction, FlowNode, TriggerType})


class Registry:
    """All node types by the key that documents use, with their aliases."""

    def __init__(self, types: Iterable[type[NodeType]] = ()) -> None:
        self._types: dict[str, type[NodeType]] = {}
        self._aliases: dict[str, str] = {}
        for node_type in types:
            self.add(node_type)

    @classmethod
    def of(cls, *packages: ModuleType) -> Registry:
        """Import every module below the packages and register the node types they define."""
        return cls(found for package in packages for found in _node_types(package))

    def extended(self, types: Iterable[type[NodeType]]) -> Registry:
        """Return a registry of these types and further ones."""
        return Registry((*self.all(), *types))

    def add(self, node_type: type[NodeType], *keys: str) -> None:
        """Register a type under its own key, its aliases, and further keys (twins)."""
        key = node_type.registry_key()
        prefix, _, _ = key.rpartition(".")
        self._types[key] = node_type
        for alias in node_type.aliases:
            self._aliases[f"{prefix}.{alias}" if prefix else alias] = key
        twins: tuple[str, ...] = getattr(node_type, "twins", ())
        for further in (*keys, *twins):
            self._types[further] = node_type

    def find(self, key: str) -> type[NodeType] | None:
        """Return the type of a key or alias, or None."""
        return self._types.get(key) or self._types.get(self._aliases.get(key, ""))

    def get(self, key: str) -> type[NodeType]:
        """Return the type of a key or alias; raise UnknownNodeType."""
        found = self.find(key)
        if found is None:
            raise UnknownNodeType(f'There is no kind of step called "{key}".')
        return found

    def name_of(self, part: Node | Trigger) -> str:
        """Return what people call a step or trigger, wherever they read of it: by its name, else by what it does."""
        return name_of(part.name, self.find(part.key), part.config) or _key_of(part)

    def chosen_name(self, part: Node | Trigger) -> str:
        """Return the name that somebody gave a step or trigger; empty where it is called by what it does."""
        found = self.find(part.key)
        return "" if found is not None and is_unnamed(part.name, found) else part.name

    def written_name(self, part: Node | Trigger) -> str:
        """Return the name by which scripts find a part: the one in its document, else the title of its kind."""
        found = self.find(part.key)
        return part.name or (found.title if found is not None else _key_of(part))

    def canonical(self, key: str) -> str:
        """Return the key that an alias stands for (itself, when it is none)."""
        return key if key in self._types else self._aliases.get(key, key)

    def all(self) -> tuple[type[NodeType], ...]:
        """List the types, each once, by category and title."""
        return tuple(sorted(set(self._types.values()), key=lambda found: (found.category, found.title)))

    def actions(self) -> tuple[type[Action], ...]:
        """List the actions."""
        return tuple(found for found in self.all() if issubclass(found, Action))

    def triggers(self) -> tuple[type[TriggerType], ...]:
        """List the triggers."""
        return tuple(found for found in self.all() if issubclass(found, TriggerType))


def _key_of(part: Node | Trigger) -> str:
    return (part.action if isinstance(part, Node) else None) or part.type


def _node_types(package: ModuleType) -> Iterator[type[NodeType]]:
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if info.ispkg:
            continue
        module = importlib.import_module(info.name)
        for _, found in inspect.getmembers(module, inspect.isclass):
            if issubclass(found, NodeType) and found not in _BASES and found.__module__ == module.__name__:
                if not hasattr(found, "key"):
                    continue
                if not found.__dict__.get("category"):
                    found.category = info.name.split(".")[-2]
                yield found
