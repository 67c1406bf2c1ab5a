"""What stands in the environment, as one small file in it: so a second start asks nobody."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "flowstudio-stamp.json"


def read() -> dict[str, str]:
    """Return the stamp, empty when there is none or it cannot be read."""
    try:
        data = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in data.items()} if isinstance(data, dict) else {}


def write(**entries: str) -> None:
    """Add entries to the stamp; the file is replaced as a whole, never half written."""
    new = STAMP.with_suffix(".new")
    new.write_text(json.dumps({**read(), **entries}, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    new.replace(STAMP)


def forget() -> None:
    """Remove the stamp: what follows changes what it tells of."""
    STAMP.unlink(missing_ok=True)


def digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of the files' contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.read_bytes())
    return total.hexdigest()


def signature(folders: Iterable[Path]) -> str:
    """Return a cheap fingerprint of what lies below the folders: names, sizes and times, no contents."""
    total = hashlib.sha256()
    for folder in folders:
        files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
        for path in files:
            if "node_modules" in path.parts:
                continue
            state = path.stat()
            total.update(f"{path.relative_to(ROOT)}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return total.hexdigest()
