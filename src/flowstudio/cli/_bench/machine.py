"""What a measurement was made on: the machine, how busy it was, the versions."""

from __future__ import annotations

import os
import platform
import sqlite3
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flowstudio import __version__
from flowstudio.cli._bench.figures import ms, percentile, rounded
from flowstudio.domain.json import JsonObject

PACKAGES = ("sqlalchemy", "uvicorn", "uvloop", "httptools", "orjson", "nicegui", "fastapi", "pydantic")


def machine(folder: Path) -> JsonObject:
    """Describe the machine; `folder` tells which disk."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": rounded(_memory() / 1e9),
        "load_before": [rounded(one) for one in os.getloadavg()] if hasattr(os, "getloadavg") else None,
        "disk": fdatasync(folder),
    }


def versions() -> dict[str, str]:
    """Return the versions of FlowStudio and what it stands on."""
    found = {"flowstudio": __version__, "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def fdatasync(folder: Path, times: int = 200) -> JsonObject:
    """Measure how long the disk takes to keep 4 kB: overwrite and fdatasync."""
    path = folder / "disk.probe"
    sync = getattr(os, "fdatasync", os.fsync)
    samples = []
    page = b"\0" * 4096
    with path.open("wb", buffering=0) as file:
        file.write(page * 16)
        sync(file.fileno())
        for number in range(times):
            began = time.perf_counter()
            file.seek(number % 16 * 4096)
            file.write(page)
            sync(file.fileno())
            samples.append(time.perf_counter() - began)
    path.unlink()
    return {"fdatasync": ms(samples), "fdatasync_p99_seconds": percentile(samples, 0.99)}


def cpu_seconds(pid: int) -> float | None:
    """Return the processor time a process has used so far, its threads included; None where it cannot be told."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return None


def memory_mb(pid: int) -> float | None:
    """Return the memory a process holds (resident), in MB; None where it cannot be told."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        return rounded(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
    return None


def _memory() -> float:
    with suppress(OSError, ValueError, AttributeError):
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return 0.0


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
