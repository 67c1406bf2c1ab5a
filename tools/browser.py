"""Finds the Chromium that browser tests drive, or fetches one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.console import SetupError, say

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge")
_MAC = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
_PLAYWRIGHT = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium: FLOWSTUDIO_CHROMIUM, a known name on PATH, or Playwright's own."""
    if named := os.environ.get("FLOWSTUDIO_CHROMIUM"):
        if not shutil.which(named):
            raise SetupError(f"FLOWSTUDIO_CHROMIUM names {named}, but no program is there.")
        return named
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found and sys.platform == "darwin":
        found = next((str(path) for name in _MAC if (path := Path("/Applications") / name).exists()), None)
    return found or _playwrights_own()


def ensure_chromium(python: Path) -> str:
    """Return the path of a Chromium, fetching one where none is found; raises SetupError."""
    if found := find_chromium():
        return found
    say("fetching a Chromium for the browser tests")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", "-q", "chromium"]):
            subprocess.run(command, env=environment, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    else:
        command = [str(python), "-m", "playwright", "install", "chromium"]
        subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    if found := find_chromium():
        return found
    raise SetupError(
        "the browser tests need a Chromium and none was found. "
        "Install the package chromium, or set FLOWSTUDIO_CHROMIUM to a Chromium or Chrome program."
    )


def _playwrights_own() -> str | None:
    caches = {"darwin": "~/Library/Caches/ms-playwright", "win32": "~/AppData/Local/ms-playwright"}
    default = caches.get(sys.platform, "~/.cache/ms-playwright")
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default).expanduser()
    paths = sorted(path for pattern in _PLAYWRIGHT for path in folder.glob(pattern))
    return str(paths[-1]) if paths else None
