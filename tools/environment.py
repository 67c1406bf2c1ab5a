"""Makes `.venv` from the locks on first use and brings it up to them later."""

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from tools import stamp
from tools.console import SetupError, say
from tools.packages import clean_environment, count_locked, find_uv, has_pip, install_locked, install_project
from tools.stamp import ROOT, VENV

LOCKS = ROOT / "locks"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

_NO_VENV = (
    "this Python has no venv module. Install the package python3-venv "
    "(on Debian and Ubuntu: apt-get install python3-venv) or uv, and start again."
)


def prepare(*, development: bool = False) -> None:
    """Make the environment hold what the locks name; quick and without network when it does already."""
    wanted = "development.txt" if development else _run_lock()
    if _is_current(wanted):
        return
    with _one_at_a_time():
        if _is_current(wanted):
            return
        _ensure_venv()
        before = stamp.read()
        stamp.forget()
        if not _holds(wanted, before):
            say(f"installing {count_locked(LOCKS / wanted)} packages into .venv")
            install_locked(PYTHON, LOCKS / wanted)
        install_project(PYTHON, ROOT)
        kept = {key: value for key, value in before.items() if key.endswith(".txt") or key == "frontend"}
        stamp.write(**{**kept, wanted: _lock_digest(wanted), "root": str(ROOT), "project": _project_digest()})


def _run_lock() -> str:
    """Return the lock that running takes: PostgreSQL's driver is there only for those who use it."""
    url = os.environ.get("FLOWSTUDIO_DATABASE_URL", "")
    return "postgres.txt" if url.startswith("postgres") else "runtime.txt"


def _is_current(wanted: str) -> bool:
    entries = stamp.read()
    return (
        entries.get("root") == str(ROOT)
        and entries.get("project") == _project_digest()
        and _holds(wanted, entries)
        and PYTHON.exists()
    )


def _holds(wanted: str, entries: dict[str, str]) -> bool:
    """Tell whether an install of this lock, or of one that includes it, is on record."""
    wider = {"runtime.txt": ("postgres.txt", "development.txt"), "postgres.txt": ("development.txt",)}
    return any(entries.get(name) == _lock_digest(name) for name in (wanted, *wider.get(wanted, ())))


def _lock_digest(name: str) -> str:
    return stamp.digest([LOCKS / name])


def _project_digest() -> str:
    return stamp.digest([ROOT / "pyproject.toml", ROOT / "src/flowstudio/__init__.py"])


def _ensure_venv() -> None:
    """Create the environment, or keep the one that is there as long as it is usable from here."""
    moved = stamp.read().get("root", str(ROOT)) != str(ROOT)
    usable = not moved and _works()
    uv = find_uv(VENV)
    if usable and (uv or has_pip(PYTHON)):
        return
    say("making .venv, the folder that FlowStudio's packages live in")
    if find_spec("venv") and find_spec("ensurepip"):
        command = [sys.executable, "-m", "venv", *(["--clear"] if moved else []), str(VENV)]
    elif uv:
        again = "--clear" if moved else "--allow-existing"
        command = [uv, "venv", "--quiet", "--python", sys.executable, again, str(VENV)]
    else:
        raise SetupError(_NO_VENV)
    done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)
    if done.returncode or not _works():
        words = (done.stdout + done.stderr).strip()
        raise SetupError(_NO_VENV if "ensurepip" in words else f".venv could not be made: {words.splitlines()[-1:]}")


def _works() -> bool:
    """Tell whether the environment's Python starts and is new enough."""
    if not PYTHON.exists():
        return False
    code = "import sys; sys.exit(sys.version_info < (3, 11) or sys.prefix == sys.base_prefix)"
    return subprocess.run([str(PYTHON), "-c", code], capture_output=True, check=False).returncode == 0


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let two starts of one checkout set up one after the other (on Windows there is no such lock)."""
    name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:16]
    try:
        import fcntl

        handle = (Path(tempfile.gettempdir()) / f"flowstudio-setup-{name}.lock").open("w", encoding="utf-8")
    except (ImportError, OSError):
        yield
        return
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
