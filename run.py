#!/usr/bin/env python3
"""Start FlowStudio, test it, or only set it up; needs nothing but Python.

    python3 run.py                 set up on first use, then start the app
    python3 run.py test            set up, then lint, types, import rules and tests
    python3 run.py setup           the set-up alone

This file parses on old Pythons, so that they get a sentence instead of a syntax error.
"""

import os
import shutil
import sys

MINIMUM = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120


def too_old() -> str:
    """Return the line for a Python that is too old, naming a newer one where it is found."""
    line = "FlowStudio needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info[:2])
    newer = next((name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)), None)
    return line + (" Run: {} run.py".format(newer) if newer else " Install a newer Python and start again.")


def main() -> int:
    """Turn old Pythons away, else hand over to the tools."""
    if sys.version_info < MINIMUM:
        sys.stderr.write(too_old() + "\n")
        return 2
    if ROOT not in sys.path:
        sys.path.insert(0, ROOT)
    from tools.commands import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
