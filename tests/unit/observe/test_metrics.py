"""What a process tells of its load."""

import asyncio

from flowstudio.observe.metrics import REGISTRY, watch_load


async def test_waiting_writes_and_the_delay_of_the_loop_are_looked_at_again_and_again():
    looks, looked = 0, asyncio.Event()

    def waiting() -> int:
        nonlocal looks
        looks += 1
        if looks == 3:
            looked.set()
        return looks

    watching = asyncio.create_task(watch_load(waiting, every=0.001))
    await asyncio.wait_for(looked.wait(), 10)
    assert REGISTRY.get_sample_value("flowstudio_writer_queue") == looks
    lag = REGISTRY.get_sample_value("flowstudio_loop_lag_seconds")
    watching.cancel()
    assert lag is not None
    assert lag >= 0
