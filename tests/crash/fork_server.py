"""A process that has imported FlowStudio once and forks a FlowStudio per order: a start takes milliseconds.

Orders and answers are lines of JSON. `live` begins a life (a function of `lives.py`) on a data directory and answers
when the life says that it is up; with `kill_after` it is killed that many seconds later, before the answer; with
`kill_early` that many seconds after the fork. `until` answers when a run has come to a status, `kill` ends the life that
goes on, `wait` answers when it has ended by itself. Every answer carries what the life has told.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from tests.crash import lives

READY = "FlowStudio is ready: "


class ForkServer:
    """One life at a time."""

    def __init__(self) -> None:
        self._houses: dict[str, Any] = {}
        self._child = 0
        self._pipe = -1
        self._rest = b""
        self.told: list[Any] = []
        self.up = False

    def carry_out(self, order: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        match order["do"]:
            case "live":
                self._begin(order)
                began = time.monotonic()
                if "kill_early" in order:
                    self._listen(began + order["kill_early"])
                    self._end(signal.SIGKILL)
                else:
                    self._listen(began + 120, until_up=True)
                    up_after = time.monotonic() - began
                    if "kill_after" in order:
                        self._listen(time.monotonic() + order["kill_after"])
                        self._end(signal.SIGKILL)
                    return self._answer(up_after=up_after)
            case "until":
                while self._pipe >= 0 and {"now": order["status"]} not in self.told:
                    self._listen(began + 120, one=True)
            case "kill":
                self._end(getattr(signal, order.get("signal", "SIGKILL")))
            case "wait":
                self._listen(began + 240)
                self._end(None)
        return self._answer(seconds=time.monotonic() - began)

    def _begin(self, order: dict[str, Any]) -> None:
        house = None
        if order["life"] != "serve":
            place = order["data"]
            if place not in self._houses:
                self._houses = {place: lives.build(Path(place))}
            house = self._houses[place]
        reading, writing = os.pipe()
        self.told, self._rest, self.up = [], b"", False
        self._pipe = reading
        self._child = os.fork()
        if self._child:
            os.close(writing)
            return
        try:
            os.close(reading)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(writing if house is None else 2, 1)
            lives.live(house, order, writing)
        except BaseException:
            os.write(writing, json.dumps({"fault": traceback.format_exc()}).encode() + b"\n")
        os._exit(0)

    def _listen(self, until: float, *, until_up: bool = False, one: bool = False) -> None:
        """Take what the life tells, until that moment, its end, or (where asked for) its being up, or `one` word more."""
        while self._pipe >= 0 and not (until_up and self.up):
            ready, _, _ = select.select([self._pipe], [], [], max(0.0, until - time.monotonic()))
            if not ready or not self._take():
                assert not one, "the life did not come to that"
                return  # the time is over, or the life is
            if one:
                return

    def _take(self) -> bool:
        found = os.read(self._pipe, 65536)
        *lines, self._rest = (self._rest + found).split(b"\n")
        for line in lines:
            if line.startswith(READY.encode()):
                self.up = True
            elif line.startswith((b"{", b"[")):
                said = json.loads(line)
                self.up = self.up or "up" in said or "fault" in said
                self.told.append(said)
        return bool(found)

    def _end(self, number: signal.Signals | None) -> None:
        if number is not None:
            os.kill(self._child, number)
        while self._take():
            pass
        os.close(self._pipe)
        self._pipe = -1
        os.waitpid(self._child, 0)

    def _answer(self, **more: Any) -> dict[str, Any]:
        return {"told": self.told, "up": self.up, **more}


def main() -> None:
    server = ForkServer()
    print(json.dumps({"told": []}), flush=True)
    for line in sys.stdin:
        print(json.dumps(server.carry_out(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
