"""The names an expression sees at one place of a run: items, variables, payload, steps, settings, time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.record import ENTITY
from flowstudio.domain.run import Step
from flowstudio.engine.frames import Frame
from flowstudio.engine.live import LiveRun
from flowstudio.engine.plan import ROOTS
from flowstudio.errors import UnknownVariable


class Names:
    """The scope of expressions for one frame of a run; `local` names come before all others."""

    __slots__ = ("_frame", "_live", "_local")

    def __init__(self, live: LiveRun, frame: Frame, local: Mapping[str, JsonValue] | None = None) -> None:
        self._live = live
        self._frame = frame
        self._local = local

    def lookup(self, name: str) -> JsonValue:
        """Return the value of a bare name: item variable, variable, payload key; or of a root."""
        if self._local is not None and name in self._local:
            return self._local[name]
        root = _ROOTS.get(name)
        if root is not None:
            return root(self)
        frame: Frame | None = self._frame
        while frame is not None:
            if frame.loop is not None and frame.item_variable == name:
                return frame.item
            if name in frame.variables:
                return frame.variables[name]
            frame = frame.parent
        payload = self._live.payload
        if name in payload:
            return payload[name]
        if name == "client" and ("customer" in payload or "customer" in self._live.plan.names):
            return self.lookup("customer")
        if name in self._live.plan.names:
            return None
        raise UnknownVariable(name, self._known())

    def field(self, value: JsonObject, name: str, frozen: bool) -> JsonValue:
        """Return a field of a record as the run sees it, or the record that `<name>_id` leads to."""
        row = self._live.records.row(value, frozen=frozen)
        own = row.get(name)
        return self._follow(row, name, frozen=frozen) if own is None and f"{name}_id" in row else own

    def reference(self, value: JsonObject, name: str, frozen: bool = False) -> JsonValue:
        """Return the record that `<name>_id` of a record leads to."""
        return self._follow(self._live.records.row(value, frozen=frozen), name, frozen=frozen)

    def change(self, path: Sequence[str | int]) -> JsonObject | None:
        """Return the old and the new value of a field in the triggering change, None when there was none."""
        event = self._live.run.event
        keys = [part for part in path if part != "trigger"]
        if not keys:
            return None
        new: JsonValue = event
        for key in keys:
            new = new.get(key) if isinstance(new, dict) else None
        for before in (f"old_{keys[-1]}", f"from_{keys[-1]}"):
            if before in event:
                return {
                    "old": event[before],
                    "new": event.get(before.replace("old_", "new_").replace("from_", "to_"), new),
                }
        old: JsonValue = event.get("old")
        for key in keys[1:] if isinstance(old, dict) and keys[0] not in old else keys:
            old = old.get(key) if isinstance(old, dict) else None
        return {"old": old, "new": new} if "old" in event else None

    def _follow(self, row: JsonObject, name: str, *, frozen: bool) -> JsonValue:
        live = self._live
        target = live.records.type_of(str(row[ENTITY])).reference(name)
        record_id = row.get(f"{name}_id")
        if target is None or record_id is None:
            return None
        return live.records.referenced(target, str(record_id), frozen=frozen)

    def _known(self) -> list[str]:
        names = {*self._live.plan.names, *self._live.payload, *ROOTS}
        frame: Frame | None = self._frame
        while frame is not None:
            names.update(frame.variables)
            frame = frame.parent
        return sorted(names)

    def _loop(self) -> JsonValue:
        return {"item": self._frame.item, "index": self._frame.index} if self._frame.loop is not None else None

    def _steps(self) -> JsonValue:
        return _Steps(self._frame, self._live)

    def _run(self) -> JsonValue:
        run = self._live.run
        return {
            "id": run.id,
            "workflow_id": run.workflow_id,
            "workflow": self._live.plan.workflow.name,
            "version": run.version,
            "test": run.test,
            "started_at": self._live.local(run.started_at),
            "trigger": run.trigger_id,
        }


class _Steps(dict[str, JsonValue]):
    """`steps`: the outputs of each node, looked up when asked for, nearest frame first."""

    def __init__(self, frame: Frame, live: LiveRun) -> None:
        super().__init__()
        self._frame = frame
        self._live = live

    def get(self, key: str, default: JsonValue = None) -> JsonValue:
        """Return the outputs of a node, None when it has not run on this path."""
        frame: Frame | None = self._frame
        while frame is not None:
            if key in frame.outputs:
                return frame.outputs[key]
            frame = frame.parent
        if key not in self._live.plan.slots:
            raise UnknownVariable(f"steps.{key}", sorted(self._live.plan.slots))
        return default


_ROOTS = {
    "trigger": lambda names: names._live.run.event,  # noqa: SLF001  a table of this class's own methods
    "steps": Names._steps,  # noqa: SLF001
    "loop": Names._loop,  # noqa: SLF001
    "settings": lambda names: names._live.settings,  # noqa: SLF001
    "run": Names._run,  # noqa: SLF001
}


def assigned_by(steps: Iterable[Step]) -> JsonObject:
    """Return the variables that steps outside loops set, as they were last; records among them are still records."""
    found: JsonObject = {}
    for step in steps:
        if not step.iteration:
            found.update(step.assigned)
    return found
