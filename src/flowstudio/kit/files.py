"""Files as values: a run carries a reference (name, type, size, digest); the bytes lie in the store of files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowstudio.domain.json import JsonObject, JsonValue
from flowstudio.errors import ConfigRejected

if TYPE_CHECKING:
    from flowstudio.kit.context import RunContext

LARGEST_FILE = 10_000_000
"""Bytes of one file."""
MOST_FILES = 20
"""Files that one form, mail or request carries."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,60}")
_UNKNOWN = "application/octet-stream"
_DEEPEST = 30
_DOCUMENT = "documents"


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file, whole."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


def file_name(name: str) -> str:
    """Return a name that every file system takes: no folders, no control characters, at most 120 signs."""
    bare = re.split(r"[/\\]", name)[-1]
    bare = "".join(sign if sign.isprintable() and sign not in '<>:"|?*' else "_" for sign in bare).strip(" .")
    stem, dot, ending = bare.rpartition(".")
    return (f"{stem[: 119 - len(ending)]}.{ending}" if dot and len(ending) < 20 else bare[:120]) or "file"


def media_type(said: str) -> str:
    """Return a media type without its parameters; that of any file where it is none."""
    bare = said.partition(";")[0].strip().lower()
    return bare if _TYPE.fullmatch(bare) else _UNKNOWN


def reference_of(file: FileContent) -> JsonObject:
    """Return the value that stands for a file in a run."""
    return {
        "name": file_name(file.name),
        "type": media_type(file.media_type),
        "size": len(file.content),
        "digest": f"sha256:{hashlib.sha256(file.content).hexdigest()}",
    }


def is_file(value: JsonValue) -> bool:
    """Say whether a value stands for a file."""
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return False
    return isinstance(value.get("digest"), str) and _DIGEST.fullmatch(value["digest"]) is not None


def files_in(value: JsonValue, depth: int = 0) -> Iterator[JsonObject]:
    """Give every file below a value, in order."""
    if is_file(value):
        yield {key: value.get(key) for key in ("name", "type", "size", "digest")}
    elif depth < _DEEPEST and isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from files_in(item, depth + 1)


async def content_of(value: JsonValue, ctx: RunContext, setting: str) -> FileContent:
    """Return the file that a value stands for: a file, or a document by itself or by its id. Raise ConfigRejected."""
    if is_file(value):
        found = await ctx.files.get(ctx.workspace, value["digest"])
        if found is None:
            raise ConfigRejected(
                f'The file "{value["name"][:100]}" is not there any more.',
                setting=setting,
                hint="Files go with the last run and record that hold them.",
            )
        return FileContent(file_name(value["name"]), media_type(str(value.get("type") or "")), found)
    known = isinstance(value, dict) and value.get("title")
    document = value if known else await ctx.records.get(_DOCUMENT, str(value)) if isinstance(value, str) else None
    if not isinstance(document, dict):
        raise ConfigRejected(
            "Here a file is needed.", setting=setting, hint="Choose a file or a document that an earlier step gives."
        )
    return await ctx.files.press(document)
