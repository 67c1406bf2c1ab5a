"""Finds the PostgreSQL server that the long matrix runs on, or starts one for as long as the tests take."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.console import SetupError, say
from tools.environment import PYTHON

VARIABLE = "FLOWSTUDIO_TEST_POSTGRES_URL"
_LOCAL = "postgresql://postgres@127.0.0.1:5432/postgres"
_MISSING = (
    "--all needs a PostgreSQL server and none was found. Install the package postgresql, "
    f"or set {VARIABLE} to the address of a server on which tests may create databases."
)


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the address of a server that lets us create databases; raises SetupError where there is none."""
    if named := os.environ.get(VARIABLE):
        if reason := _refusal(named):
            raise SetupError(f"{VARIABLE} names a server that does not answer: {reason}")
        yield named
    elif not _refusal(_LOCAL):
        yield _LOCAL
    else:
        with _own() as address:
            yield address


def _refusal(address: str) -> str:
    """Return why the server cannot be used, or nothing."""
    code = (
        "import psycopg, sys\n"
        "with psycopg.connect(sys.argv[1], connect_timeout=3) as c:\n"
        "    row = c.execute('SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user').fetchone()\n"
        "    sys.exit(None if row and row[0] else 'the user may not create databases')"
    )
    done = subprocess.run([str(PYTHON), "-c", code, address], capture_output=True, text=True, check=False)
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1] if done.returncode else ""


@contextmanager
def _own() -> Iterator[str]:
    """Start a server with an empty cluster in a temporary folder and stop it afterwards."""
    programs = _programs()
    say("starting a PostgreSQL for the tests")
    with tempfile.TemporaryDirectory(prefix="flowstudio-postgres-") as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        become = _become_another(Path(folder))
        data = f"{folder}/data"
        places = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}")
        options = " ".join(f"-c {setting}" for setting in (*places, "max_connections=200"))
        _run([*become, str(programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"])
        start = ["-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start"]
        _run([*become, str(programs / "pg_ctl"), *start])
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _run([*become, str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop"])


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs, installing the distribution's package when root."""
    if found := _installed():
        return found
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "postgresql"]):
            subprocess.run(command, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if found := _installed():
        return found
    raise SetupError(_MISSING)


def _installed() -> Path | None:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).parent)
    return next((folder for folder in folders if (folder / "pg_ctl").exists() and (folder / "initdb").exists()), None)


def _become_another(folder: Path) -> list[str]:
    """Return what a command begins with where PostgreSQL would refuse to run as root; the folder is handed over."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["runuser", "-u", "postgres", "--"]


def _run(command: list[str]) -> None:
    # pg_ctl's server inherits what it is given: a pipe would never end, a file does.
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(command, stdout=output, stderr=output, cwd="/", stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            output.seek(0)
            words = output.read().decode(errors="replace").strip().splitlines()
            raise SetupError(f"PostgreSQL could not be started: {words[-1] if words else command[-1]}")
