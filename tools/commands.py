"""The commands of run.py: start, test, setup; every other word is handed to `flowstudio`."""

import os
import subprocess
import sys

from tools import environment, frontend
from tools.console import SetupError, say
from tools.environment import PYTHON

USAGE = """\
python3 run.py [serve] [--host HOST] [--port PORT] [--data DIR] [--no-browser]
                                  set up on first use, then start FlowStudio
python3 run.py test [--all] [...] set up, then lint, types, import rules and tests;
                                  --all adds the long matrix, the rest goes to pytest
python3 run.py setup              the set-up alone
python3 run.py fix | lock         put the source in shape | write the locks after a change of pyproject.toml
python3 run.py reference          write docs/reference from the source
python3 run.py COMMAND ...        any other command of flowstudio (python3 run.py doctor)"""


def main(arguments: list[str]) -> int:
    """Carry out one command line and return the exit code; 2 with one line where the set-up cannot go on."""
    command, rest = (arguments[0], arguments[1:]) if arguments and arguments[0][:1] != "-" else ("serve", arguments)
    if command == "serve" and rest in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    try:
        if command == "test":
            from tools.checks import run_tests

            _set_up(development=True)
            return run_tests(rest)
        if command == "fix":
            from tools.checks import fix

            environment.prepare(development=True)
            return fix()
        if command == "reference":
            _set_up(development=True)
            return subprocess.run([str(PYTHON), "-m", "tools.reference"], check=False).returncode
        if command == "lock":
            from tools.lock import write_locks

            environment.prepare(development=True)
            return write_locks(rest)
        _set_up()
        if command == "setup":
            say("ready; start it with: python3 run.py")
            return 0
    except SetupError as error:
        print(f"FlowStudio: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nFlowStudio: stopped.", file=sys.stderr)
        return 130
    return _hand_over([command, *rest])


def _set_up(*, development: bool = False) -> None:
    environment.prepare(development=development)
    frontend.ensure()


def _hand_over(arguments: list[str]) -> int:
    """Become `flowstudio ARGUMENTS`; where a process cannot become another, wait for it."""
    command = [str(PYTHON), "-P", "-m", "flowstudio", *arguments]
    sys.stdout.flush()
    if os.name == "nt":
        return subprocess.run(command, check=False).returncode
    os.execv(command[0], command)  # noqa: S606 - it never returns
