"""Actions that users of this installation wrote: found in a folder and in installed packages, checked, reported."""

from __future__ import annotations

import importlib.util
import inspect
import os
import re
import sys
import traceback
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowstudio.domain.actor import Actor, Role
from flowstudio.kit.nodes import Action, InstantAction, NodeType
from flowstudio.kit.own_actions import OWN, collecting
from flowstudio.kit.settings import Config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import ModuleType

    from flowstudio.kit import Registry

GROUP = "flowstudio.actions"
"""The entry point group of packages that bring actions."""
LARGEST_FILE = 1_000_000
"""Bytes of one file of actions."""
_MODULES = "flowstudio_own_actions"
_KEY = re.compile(r"[a-z][a-z0-9_]{1,59}")


@dataclass(frozen=True, slots=True)
class Broken:
    """A file or package whose actions cannot be used, and why."""

    source: str
    reason: str


class OwnActions:
    """What was found at the start; a fault of one file never keeps the others, or the product, from starting."""

    def __init__(self, folder: Path, shipped: Registry) -> None:
        self.folder = folder
        self.types: list[type[Action]] = []
        self.broken: list[Broken] = []
        self._sources: dict[type[Action], str] = {}
        self._taken = {key for found in shipped.actions() for key in (found.key, *found.aliases)}

    def listed(self, actor: Actor) -> tuple[Sequence[tuple[type[Action], str]], Sequence[Broken]]:
        """Return the actions with where each comes from, and what is broken: for those who build."""
        actor.require(Role.BUILDER)
        return [(found, self._sources[found]) for found in self.types], self.broken

    def read(self, source: str, load: Callable[[], ModuleType]) -> None:
        """Load one source of actions; note why where it cannot be used."""
        try:
            with collecting() as registered:
                module = load()
            found = [*registered, *_classes_of(module)]
            reasons = [reason for one in found if (reason := self._fault_of(one))]
        except (Exception, SystemExit) as error:  # noqa: BLE001  whatever a user's file does stays with the file
            self.broken.append(Broken(source, _told(error)))
            return
        if not found:
            reasons = ["It holds no action: derive a class from Action, or call register_action."]
        if reasons:
            self.broken.append(Broken(source, reasons[0]))
            return
        for one in found:
            one.category = OWN
            self._taken |= {one.key, *one.aliases}
            self._sources[one] = source
            self.types.append(one)

    def _fault_of(self, found: type[Action]) -> str:
        """Say what an action lacks to stand beside ours; nothing where it lacks nothing."""
        key = str(getattr(found, "key", ""))
        if not _KEY.fullmatch(key):
            return f'"{key}" is no name of an action: small letters, digits and _, 2 to 60 of them.'
        taken = sorted({key, *found.aliases} & self._taken)
        if taken:
            return f'There is an action "{taken[0]}" already. Choose another name.'
        title = str(getattr(found, "title", ""))
        if not title or len(title) > 40:
            return f'The action "{key}" needs a title of 1 to 40 characters.'
        model: Any = found.Config
        if not (isinstance(model, type) and issubclass(model, Config)):
            return f'The settings of "{key}" do not derive from Config.'
        if str(found.effect) not in ("reads", "writes", "sends"):
            return f'The effect of "{key}" is reads, writes or sends.'
        if inspect.isabstract(found):
            return f'The action "{key}" has no method {min(found.__abstractmethods__)}, which does its work.'
        if not inspect.getdoc(found):
            return f'The action "{key}" has no docstring: it is the help its user reads.'
        found.settings()
        found.schema()
        return ""


def find_own_actions(folder: Path, shipped: Registry) -> OwnActions:
    """Load the actions of the folder's Python files, in order of their names, then those of installed packages."""
    found = OwnActions(folder, shipped)
    for file in _files(folder, found.broken):
        found.read(file.name, lambda file=file: _load(file))  # type: ignore[misc]
    for point in entry_points(group=GROUP):
        found.read(f"package {point.name}", lambda point=point: _module(point.load()))  # type: ignore[misc]
    return found


def _files(folder: Path, broken: list[Broken]) -> Iterable[Path]:
    try:
        if not folder.is_dir():
            return []
        if _others_may_write(folder):
            broken.append(Broken(str(folder), "Everybody on this computer may write here. Run: chmod o-w on it."))
            return []
        return sorted(file for file in folder.glob("*.py") if not file.name.startswith(("_", ".")))
    except OSError as error:
        broken.append(Broken(str(folder), f"The folder cannot be read: {error.strerror}."))
        return []


def _others_may_write(path: Path) -> bool:
    return os.name != "nt" and bool(path.stat().st_mode & 0o002)


def _load(file: Path) -> ModuleType:
    if _others_may_write(file):
        raise PermissionError("Everybody on this computer may write this file. Run: chmod o-w on it.")
    if file.stat().st_size > LARGEST_FILE:
        raise ValueError(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    name = f"{_MODULES}.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError("The file cannot be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Pydantic looks a model's annotations up by the name of its module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _module(loaded: object) -> ModuleType:
    if not inspect.ismodule(loaded):
        raise TypeError("The entry point does not name a module.")
    return loaded


def _classes_of(module: ModuleType) -> list[type[Action]]:
    bases: set[type[NodeType]] = {Action, InstantAction}
    return [
        found
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, Action) and found not in bases and found.__module__ == module.__name__
        and "key" in found.__dict__ and "work" not in found.__dict__
    ]  # fmt: skip


def _told(error: BaseException) -> str:
    """Say what went wrong and on which line of the file."""
    if isinstance(error, SyntaxError):
        return f"Line {error.lineno}: {error.msg}."
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename]
    own = [frame for frame in frames if frame.filename != __file__]
    line = f"Line {own[-1].lineno}: " if own else ""
    said = " ".join(str(error).split())[:300]
    return f"{line}{said or type(error).__name__}" if line == "" else f"{line}{type(error).__name__}: {said}"
