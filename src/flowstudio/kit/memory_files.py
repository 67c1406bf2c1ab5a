"""Files in memory: the twin of the store of files, for test runs and tests. What it never saw is simulated."""

from __future__ import annotations

from flowstudio.domain.json import JsonObject
from flowstudio.errors import LimitReached
from flowstudio.kit.files import LARGEST_FILE, FileContent, reference_of

_SIMULATED = b"This file is simulated: the sample names it, and nothing of it is needed.\n"
_TYPES = {"pdf": "application/pdf", "html": "text/html", "docx": "application/octet-stream"}


class MemoryFiles:
    """The Files port. A document is not printed here: its text stands for it."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    async def keep(self, workspace: str, file: FileContent) -> JsonObject:
        """Keep a file for as long as this twin is there; raise LimitReached for one that is too large."""
        del workspace
        refuse_large(file)
        found = reference_of(file)
        self._kept[found["digest"]] = file.content
        return found

    async def get(self, workspace: str, digest: str) -> bytes | None:
        """Return the bytes that were kept, or some that stand for them."""
        del workspace
        return self._kept.get(digest, _SIMULATED)

    async def press(self, document: JsonObject) -> FileContent:
        """Return the text of a document as its file."""
        title, kind = str(document.get("title") or "Document"), str(document.get("format") or "pdf")
        text = f"{title}\n\n{document.get('body') or ''}".encode()
        return FileContent(f"{title}.{kind}", _TYPES.get(kind, "application/octet-stream"), text)


def refuse_large(file: FileContent) -> None:
    """Raise LimitReached for a file that is larger than a file may be."""
    if len(file.content) > LARGEST_FILE:
        raise LimitReached(
            f'The file "{file.name[:100]}" is larger than {LARGEST_FILE // 1_000_000} MB.',
            hint="Send a smaller one, or an address from which it can be fetched.",
        )
