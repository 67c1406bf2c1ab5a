"""Message texts from files: one JSON file each, `assets/messages` being those that come with the product."""

from __future__ import annotations

from pathlib import Path

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from flowstudio.domain.json import JsonObject


class MessageText(BaseModel):
    """One message text: `text` is Markdown with `{{ }}`, `variables` the names to fill in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    channel: str
    subject: str = ""
    text: str
    html: str | None = None
    variables: tuple[str, ...] = ()


class FileMessageTexts:
    """The MessageTexts port over a folder, read once."""

    def __init__(self, folder: Path) -> None:
        """Read the folder; raise ValueError naming the file that is not right."""
        self._texts = {text.name: text for text in map(_read, sorted(folder.glob("*.json")))}

    def get(self, name: str) -> JsonObject | None:
        """Return the text of that name, or None."""
        found = self._texts.get(name)
        return found.model_dump(mode="json") if found is not None else None

    def all(self) -> list[MessageText]:
        """List the texts by title."""
        return sorted(self._texts.values(), key=lambda text: text.title)


def _read(file: Path) -> MessageText:
    try:
        text = MessageText.model_validate(orjson.loads(file.read_bytes()))
    except (orjson.JSONDecodeError, ValidationError) as error:
        raise ValueError(f"The message text {file.name} cannot be read: {error}") from error
    if text.name != file.stem:
        raise ValueError(f'The message text {file.name} calls itself "{text.name}".')
    return text


def texts_of(folder: Path) -> tuple[FileMessageTexts, tuple[str, ...]]:
    """Return the message texts of a folder, and their names."""
    texts = FileMessageTexts(folder)
    return texts, tuple(text.name for text in texts.all())
