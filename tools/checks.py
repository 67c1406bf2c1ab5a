"""`run.py test`: lint, types and import rules side by side, then the tests."""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

from tools.browser import ensure_chromium
from tools.console import say
from tools.environment import PYTHON
from tools.postgres import VARIABLE, postgres
from tools.stamp import ROOT

STATIC = {
    "lint": ["ruff", "check", "--no-fix", "."],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "types": ["mypy"],
    "import rules": ["importlinter.cli", "--no-cache"],
}


@dataclass(frozen=True)
class Outcome:
    """What one check said, and how long it took in seconds."""

    name: str
    code: int
    output: str
    seconds: float


def run_tests(arguments: list[str]) -> int:
    """Run everything and return the exit code; naming tests leaves the static checks out."""
    chromium = ensure_chromium(PYTHON)
    named = any((ROOT / argument.split("::")[0]).exists() for argument in arguments if not argument.startswith("-"))
    failed = [] if named else _static()
    environment = {**os.environ, "FLOWSTUDIO_CHROMIUM": chromium, "FLOWSTUDIO_FAILED_CHECKS": ", ".join(failed)}
    with postgres() if "--all" in arguments else nullcontext() as database:
        if database:
            environment[VARIABLE] = database
        say("running the tests")
        done = subprocess.run([str(PYTHON), "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False)
    return done.returncode or (1 if failed else 0)


def fix() -> int:
    """Correct what lint can correct by itself, then format; return the exit code."""
    for arguments in (["check", "--fix", "--exit-zero", "--quiet", "."], ["format", "."]):
        done = subprocess.run([str(PYTHON), "-m", "ruff", *arguments], cwd=ROOT, check=False)
    return done.returncode


def _static() -> list[str]:
    """Run the static checks, show what they found, and return the names of those that failed."""
    say("checking " + ", ".join(STATIC))
    with ThreadPoolExecutor(max_workers=len(STATIC)) as pool:
        outcomes = list(pool.map(_check, STATIC))
    for outcome in outcomes:
        say(f"{outcome.name}: {'FAILED' if outcome.code else 'ok'} ({outcome.seconds:.1f} s)")
        if outcome.code:
            print(outcome.output, flush=True)
    return [outcome.name for outcome in outcomes if outcome.code]


def _check(name: str) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        [str(PYTHON), "-m", *STATIC[name]], cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
    )
    return Outcome(name, done.returncode, done.stdout + done.stderr, time.monotonic() - started)
