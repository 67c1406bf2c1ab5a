"""Installs locked packages, with uv where it is found, else with pip; nothing that a hash does not pin."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.console import SetupError, progress, progress_done

_MISMATCH = re.compile(r"hash mismatch|do not match the hashes|DO NOT MATCH", re.IGNORECASE)


def clean_environment() -> dict[str, str]:
    """Return the environment for child processes, without what would lead an installer astray."""
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME"}}
    if not environment.get("HOME"):
        environment.pop("HOME", None)
    environment |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "UV_PYTHON_DOWNLOADS": "never"}
    return environment


def find_uv(venv: Path) -> str | None:
    """Return uv's path, from PATH or from beside the Pythons we use."""
    places = [venv / "bin", Path(sys.executable).parent, Path("~/.local/bin").expanduser()]
    return shutil.which("uv") or shutil.which("uv", path=os.pathsep.join(map(str, places)))


def install_locked(python: Path, lock: Path, *, target: Path | None = None) -> None:
    """Install every package of the lock; raises SetupError with one line where that fails."""
    options = ["--require-hashes", "--only-binary", ":all:", "-r", str(lock)]
    options += ["--target", str(target)] if target else []
    uv = find_uv(python.parent.parent)
    if uv:
        command = [uv, "pip", "install", "--python", str(python), *options]
        if _shown(command):
            return
        output = _captured(command)
        if _MISMATCH.search(output) or not has_pip(python):
            raise SetupError(_reason(output, lock))
    code, output = _follow([str(python), "-m", "pip", "install", *options], of=count_locked(lock))
    if code:
        raise SetupError(_reason(output, lock))


def count_locked(lock: Path) -> int:
    """Return how many packages a lock names."""
    return len(re.findall(r"^[a-zA-Z0-9]", lock.read_text(encoding="utf-8"), re.MULTILINE))


def has_pip(python: Path) -> bool:
    """Tell whether that Python can run pip."""
    return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def install_project(python: Path, root: Path) -> None:
    """Install FlowStudio itself from the checkout, editable, without network."""
    options = ["--no-deps", "--no-build-isolation", "-e", str(root)]
    uv = find_uv(python.parent.parent)
    commands = [[uv, "pip", "install", "--python", str(python), "--offline", *options]] if uv else []
    commands.append([str(python), "-m", "pip", "install", "--no-index", *options])
    environment = clean_environment() | {"FLOWSTUDIO_SKIP_FRONTEND": "1"}
    for command in commands:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if not done.returncode:
            return
    raise SetupError(f"FlowStudio itself could not be installed: {_last_line(done.stdout + done.stderr)}")


def _shown(command: Sequence[str]) -> bool:
    """Run uv with its own progress on a terminal, silently elsewhere; tell whether it went well."""
    if sys.stderr.isatty():
        return subprocess.run(command, env=clean_environment(), check=False).returncode == 0
    return subprocess.run(command, env=clean_environment(), capture_output=True, check=False).returncode == 0


def _captured(command: Sequence[str]) -> str:
    """Run uv again for its words; when it works this time, say so by an empty text."""
    done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def _follow(command: Sequence[str], *, of: int, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run pip, showing how far it is; return its exit code and output."""
    lines: list[str] = []
    seen = 0
    with subprocess.Popen(
        [*command, "--progress-bar", "off"],
        env=dict(environment or clean_environment()),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if found := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.\-\[\]]+)", line.strip()):
                seen += 1
                progress(f"package {min(seen, of)} of {of}: {found[1]}")
            elif line.startswith("Installing"):
                progress("unpacking")
    progress_done()
    return process.returncode, "".join(lines)


def _reason(output: str, lock: Path) -> str:
    """Say in one line why installing failed."""
    if _MISMATCH.search(output):
        return (
            f"a downloaded package is not the one that {lock.name} names (its fingerprint differs). "
            "Nothing of it was installed. Try again; if it stays so, do not go on."
        )
    if re.search(r"No matching distribution|Could not find a version", output):
        return f"a package of {lock.name} is not to be had: {_last_line(output)} Check the network and start again."
    return f"the packages of {lock.name} could not be installed: {_last_line(output)}"


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["no reason given."])[-1]
