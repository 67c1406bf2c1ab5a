"""`run.py lock`: resolves pyproject.toml into the hash-pinned locks, for every platform at once."""

import shutil
import subprocess

from tools.console import SetupError, say
from tools.environment import LOCKS
from tools.packages import find_uv
from tools.stamp import ROOT, VENV

COMMON = ["--universal", "--generate-hashes", "--python-version", "3.11", "--no-header", "--no-annotate", "--quiet"]
EVERYTHING = ["pyproject.toml", "--all-extras", "--group", "install", "--group", "frontend", "--group", "dev"]
PARTS = {
    "runtime.txt": ["pyproject.toml", "--group", "install"],
    "postgres.txt": ["pyproject.toml", "--group", "install", "--extra", "postgres"],
    "frontend.txt": ["--group", "frontend"],
}


def write_locks(arguments: list[str]) -> int:
    """Write all locks; the smaller ones take their versions from the whole one. `--upgrade` takes the newest."""
    uv = find_uv(VENV) or shutil.which("uv")
    if not uv:
        raise SetupError("writing the locks needs uv, which the development environment brings.")
    whole = LOCKS / "development.txt"
    jobs = {whole.name: EVERYTHING, **{name: [*parts, "-c", str(whole)] for name, parts in PARTS.items()}}
    for name, parts in jobs.items():
        upgrade = arguments if name == whole.name else []
        command = [uv, "pip", "compile", *COMMON, *parts, *upgrade, "-o", str(LOCKS / name)]
        done = subprocess.run(command, cwd=ROOT, check=False)
        if done.returncode:
            return done.returncode
        say(f"wrote locks/{name}")
    return 0
