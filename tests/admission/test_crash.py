"""The queue is the table of runs: a process that is killed loses none of it and runs nothing twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.admission.conftest import SHORT, Open

CHILD = textwrap.dedent(
    """
    import asyncio, sys
    from pathlib import Path
    from flowstudio.app import House
    from flowstudio.config import load_settings

    async def main():
        house = House(load_settings(data_dir=Path(sys.argv[1])))
        await house.open()
        actor = await house.owner("test")
        async def one():
            print(await house.studio.runs.execute(actor, "wf", {}), flush=True)
        while True:
            await asyncio.gather(*(one() for _ in range(10)))

    asyncio.run(main())
    """
)


def _start_and_kill(folder: Path) -> list[str]:
    """Let a process accept runs, kill it in the middle, and return the runs it told of."""
    command = [sys.executable, "-c", CHILD, str(folder)]
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=paths) as child:
        assert child.stdout is not None
        told = [child.stdout.readline() for _ in range(12)]
        child.send_signal(signal.SIGKILL)
        told += child.stdout.read().splitlines()
    return [line.strip() for line in told if line.strip()]


async def test_a_killed_process_loses_no_run_that_waits_for_its_turn(open_place: Open, tmp_path: Path) -> None:
    place = await open_place()
    await place.switch_on({"concurrency": "queued"}, SHORT)
    await place.house.close()
    accepted: list[str] = []
    for _ in range(2):
        accepted += await asyncio.to_thread(_start_and_kill, tmp_path)
    assert len(set(accepted)) == len(accepted) >= 24

    place = await open_place()
    await place.house.admission.look_due()
    assert await place.states(*accepted) == ["completed"] * len(accepted)
    for run_id in accepted:
        _, steps = await place.studio.runs.get(place.actor, run_id)
        assert [step.node_id for step in steps] == ["note"]
    assert await place.house.admission._store.held() == []
