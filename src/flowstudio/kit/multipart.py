"""Files over HTTP: forms with files going out, and the name of a file that comes back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import orjson

from flowstudio.domain.json import JsonObject
from flowstudio.kit.files import FileContent, file_name, media_type


def multipart(fields: JsonObject, files: Sequence[tuple[str, FileContent]], seed: str) -> tuple[str, bytes]:
    """Return content type and body of a form with files; the same for the same `seed`, so that a repeat is the same.

    Texts are sent as they are, other values as JSON.
    """
    mark = hashlib.sha256(seed.encode())
    for _, file in files:
        mark.update(hashlib.sha256(file.content).digest())  # so that no file can hold the mark
    boundary = f"flowstudio-{mark.hexdigest()[:40]}"
    parts: list[bytes] = []
    for name, value in fields.items():
        content = value.encode() if isinstance(value, str) else orjson.dumps(value)
        parts += [f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n'.encode(), content]
        parts.append(b"\r\n")
    for name, file in files:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"; '
            f'filename="{_quoted(file_name(file.name))}"\r\nContent-Type: {media_type(file.media_type)}\r\n\r\n'
        )
        parts += [head.encode(), file.content, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


def answered_name(headers: Mapping[str, str], url: str) -> str:
    """Return the name of the file that an answer is: as it says, else the end of the address."""
    said = next((value for name, value in headers.items() if name.lower() == "content-disposition"), "")
    if said:
        head = EmailMessage()
        head["Content-Disposition"] = re.sub(r"[\r\n\x00]", "", said)[:1_000]
        found = head.get_filename()
        if found:
            return file_name(found)
    try:
        return file_name(unquote(urlsplit(url).path))
    except ValueError:
        return "file"


def _quoted(text: str) -> str:
    """Write a name as browsers do in a form."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A").replace("\0", "")
