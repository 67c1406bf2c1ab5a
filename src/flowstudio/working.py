"""Working: one process that carries runs on, tells when it is ready, and stops in order."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import structlog

from flowstudio.app.worker import Worker
from flowstudio.config import secret_values
from flowstudio.observe import configure_logs, redactor

if TYPE_CHECKING:
    from flowstudio.config import Settings


def work(settings: Settings) -> None:
    """Carry runs on until told to stop."""
    configure_logs()
    redactor.protect(secret_values(settings))
    try:
        import uvloop
    except ImportError:  # Windows has none
        asyncio.run(_work(settings))
    else:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_work(settings))


async def _work(settings: Settings) -> None:
    worker = Worker(settings)
    structlog.contextvars.bind_contextvars(worker=worker.name)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, worker.stopped.set)
        except NotImplementedError:  # Windows
            continue
    await worker.open()
    try:
        print(f"FlowStudio worker {worker.name} is ready.", flush=True)  # noqa: T201  the contract's line
        await worker.stopped.wait()
    finally:
        await worker.close()
