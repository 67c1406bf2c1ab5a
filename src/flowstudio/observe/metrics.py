"""Figures about this process in Prometheus' form; few labels, none of them a person's data."""

import asyncio
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry()
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_STEP_BUCKETS = (0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60)

runs_started = Counter("flowstudio_runs_started_total", "Runs started.", ["trigger"], registry=REGISTRY)
runs_finished = Counter("flowstudio_runs_finished_total", "Runs finished.", ["status"], registry=REGISTRY)
runs_active = Gauge("flowstudio_runs_active", "Runs that are in memory now.", registry=REGISTRY)
step_seconds = Histogram(
    "flowstudio_step_seconds", "Seconds a step took.", ["type"], buckets=_STEP_BUCKETS, registry=REGISTRY
)
writer_queue = Gauge("flowstudio_writer_queue", "Writes that waited for a commit at the last look.", registry=REGISTRY)
loop_lag = Gauge("flowstudio_loop_lag_seconds", "Seconds the event loop was late at the last look.", registry=REGISTRY)

workers_alive = Gauge("flowstudio_workers", "Workers that are alive.", registry=REGISTRY)
worker_runs = Gauge("flowstudio_worker_runs", "Runs that go on in a worker.", ["worker"], registry=REGISTRY)


def exposition() -> bytes:
    """Return all figures as the text that GET /metrics answers."""
    return generate_latest(REGISTRY)


async def watch_load(waiting: Callable[[], int], every: float = 1.0) -> None:
    """Measure how late the event loop is and how many writes are `waiting`, every so many seconds, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every
        await asyncio.sleep(every)
        loop_lag.set(max(0.0, loop.time() - due))
        writer_queue.set(waiting())
