"""start: from the second start of the app to its first answered webhook; memory and processor time at rest."""

from __future__ import annotations

import subprocess
import sys
import time

from flowstudio.cli._bench.figures import Size, median, ratio, rounded
from flowstudio.cli._bench.machine import cpu_seconds, memory_mb
from flowstudio.cli._bench.servers import app, bare, folder, load
from flowstudio.cli._bench.workflows import BODY, webhook
from flowstudio.domain.json import JsonObject


def measure(size: Size) -> JsonObject:
    """Start the app several times on one data directory; the first start, which fills it, stands by itself."""
    with folder() as data:
        with app(data) as studio:
            first = studio.ready_after
            path = studio.publish(webhook(3, "wf_bench_4"))
        ready: list[float] = []
        answered: list[float] = []
        for number in range(size.count(3, 1)):
            began = time.perf_counter()
            with app(data) as studio:
                load(studio.port, path, BODY, 1, 0)
                answered.append(time.perf_counter() - began)
                ready.append(studio.ready_after)
                if number == 0:
                    resting = _at_rest(studio.pid, size.pick(10, 1))
        reference = [_bare_start() for _ in range(size.count(3, 1))]
    return {
        "what": "second start of the process to the first webhook answered (the load's own start included)",
        "seconds_to_first_answer": rounded(median(answered)),
        "seconds_to_ready_line": rounded(median(ready)),
        "seconds_of_the_very_first_start": rounded(first),
        "reference_bare_fastapi_seconds": rounded(median(reference)),
        "times_the_reference": ratio(median(answered), median(reference)),
        "reference_python_seconds": rounded(_bare_python()),
        "at_rest": resting,
        "goals": {"seconds_to_first_answer": 2.5, "memory_mb": 150, "cpu_percent_of_a_core": 0.5},
    }


def _at_rest(pid: int, seconds: float) -> JsonObject:
    time.sleep(min(2, seconds))
    before = cpu_seconds(pid)
    time.sleep(seconds)
    after = cpu_seconds(pid)
    used = None if before is None or after is None else rounded((after - before) / seconds * 100)
    return {"memory_mb": memory_mb(pid), "cpu_percent_of_a_core": used, "watched_seconds": seconds}


def _bare_start() -> float:
    """Return how long a server of one FastAPI route takes to its first answer."""
    began = time.perf_counter()
    with bare("fastapi") as (_, port):
        load(port, "/hooks/bench/bench", BODY, 1, 0)
        return time.perf_counter() - began


def _bare_python() -> float:
    """Return how long Python alone takes to start and end."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began
