"""What starts runs: the `trigger` block or the `triggers` list, flat keys and the seeds' forms understood."""

from __future__ import annotations

from flowstudio.domain.document import MANUAL, under
from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.domain.workflow import TRIGGER, Trigger
from flowstudio.interchange.configs import ConfigReader
from flowstudio.interchange.kinds import trigger_kind
from flowstudio.interchange.reading import Part, Reading, did_you_mean, kind_words
from flowstudio.kit import Registry
from flowstudio.kit.uses import settings_map


def read_triggers(document: Part, registry: Registry) -> list[Trigger]:
    """Return the triggers in order; one without an id in `triggers` is called `trigger_<n>`."""
    alone, several = document.raw("trigger"), document.raw("triggers")
    reading = document.reading
    if alone is None and several is None:
        document.missing("trigger")
        return []
    found: list[Trigger] = []
    if isinstance(alone, list):
        several = [*alone, *(several if isinstance(several, list) else [])]
        alone = None
    if alone is not None:
        trigger = read_trigger(alone, document.at("trigger"), TRIGGER, reading, registry)
        found += [trigger] if trigger else []
    if several is not None and not isinstance(several, list):
        document.wrong("triggers", "a list", several)
        return found
    for index, value in enumerate(several or ()):
        path = under(document.at("triggers"), index)
        trigger = read_trigger(value, path, f"trigger_{index + 1}", reading, registry)
        found += [trigger] if trigger else []
    return found


def read_trigger(value: JsonValue, path: str, default_id: str, reading: Reading, registry: Registry) -> Trigger | None:
    """Read one trigger: an object, or a text that is its type or an event's name."""
    if isinstance(value, str):
        value = {"type": "event", "event": value} if "." in value else {"type": value}
    if not isinstance(value, dict):
        reading.fault(path, "wrong_type", f"A trigger must be an object, but is {kind_words(value)}.")
        return None
    part = Part(reading, value, path, "the trigger")
    trigger_id = part.text("id") or default_id
    part.node_id = trigger_id
    word = part.text("type") or _guessed(value)
    if word is None:
        part.missing("type")
        return None
    kind, known = trigger_kind(word, registry)
    event = word if not known and "." in word and " " not in word else None
    if event:
        kind, known = trigger_kind("event", registry)
    name = part.text("name") or ""
    given = dict(part.object("config", "settings") or {})
    if event:
        given.setdefault("event", event)
    found = registry.find(f"trigger.{kind}") if known else None
    if found is None:
        return _placeholder(part, trigger_id, kind, name, given, registry)
    settings = settings_map(found)
    reader = ConfigReader(reading, settings, part.at("config"), f'the trigger "{name or found.title}"', trigger_id)
    flat = _flat(part, reader, given)
    config, unknown = reader.read({**given, **flat}, {key: part.at(key) for key in flat})
    if isinstance(config.get("parts"), list):
        config["parts"] = [
            _part(one, under(part.at("config"), "parts", index), reading, registry)
            for index, one in enumerate(config["parts"])
        ]
    extra = part.rest()
    return Trigger(
        id=trigger_id, type=kind, name=name, config=config, extra={**extra, **({"config": unknown} if unknown else {})}
    )


def _part(value: JsonValue, path: str, reading: Reading, registry: Registry) -> JsonValue:
    """Read a trigger inside a trigger (`both_of`) and write it in our form."""
    trigger = read_trigger(value, path, "", reading, registry)
    if trigger is None:
        return value
    config = {**trigger.config, **trigger.extra.get("config", {})}
    rest = {key: one for key, one in trigger.extra.items() if key != "config"}
    return {"type": trigger.type, **({"config": config} if config else {}), **rest}


def _guessed(value: JsonObject) -> str | None:
    config = value.get("config")
    keys = {*value, *(config if isinstance(config, dict) else ())}
    for key, kind in (
        ("event", "event"),
        ("cron", "schedule"),
        ("every", "schedule"),
        ("slug", "webhook"),
        ("metric", "kpi_threshold"),
    ):
        if key in keys:
            return kind
    return None


def _flat(part: Part, reader: ConfigReader, given: JsonObject) -> JsonObject:
    """Return the settings that stand beside `config`; what is in `config` wins."""
    outside = {
        key: value for key, value in part.value.items() if key not in ("id", "type", "name", "config", "settings")
    }
    names = reader.names(outside)
    flat = {key: part.raw(key) for key in names if names[key] not in given}
    for key in names:
        part.raw(key)
    return flat


def _placeholder(part: Part, trigger_id: str, kind: str, name: str, config: JsonObject, registry: Registry) -> Trigger:
    known = [found.key for found in registry.triggers()]
    part.reading.note(
        part.at("type"), "unknown_trigger", f'There is no trigger called "{kind}".',
        hint=did_you_mean(kind, known) or f"Triggers are: {', '.join(sorted(known))}.", node_id=trigger_id,
    )  # fmt: skip
    extra = {key: value for key, value in part.value.items() if key not in ("id", "type", "name", "config", "settings")}
    return Trigger(id=trigger_id, type=kind, name=name, config=config, extra={key: extra[key] for key in sorted(extra)})


def with_inputs(
    triggers: list[Trigger], inputs: tuple[JsonObject, ...]
) -> tuple[list[Trigger], tuple[JsonObject, ...]]:
    """Move the document's `inputs` into the first manual trigger, where there is one: they are one thing."""
    place = next((index for index, trigger in enumerate(triggers) if trigger.type == MANUAL), None)
    if place is None or not inputs:
        return triggers, inputs
    trigger = triggers[place]
    own = trigger.config.get("inputs")
    own = own if isinstance(own, list) else []
    names = {one.get("name") for one in own if isinstance(one, dict)}
    merged = [*own, *(one for one in inputs if one.get("name") not in names)]
    changed = trigger.model_copy(update={"config": {**trigger.config, "inputs": merged}})
    return [*triggers[:place], changed, *triggers[place + 1 :]], ()
