"""One server per SQLite database: a lock on a file beside it, which the system lifts when the process ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from flowstudio.errors import BadSetting


class ServerLock:
    """Held while a server uses the database."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(f"{database.name}.lock")
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock; raise BadSetting when another server holds it."""
        if not self.try_acquire():
            raise BadSetting(
                "Another FlowStudio already uses this data directory.",
                hint=f"Stop it{self._holder()}, or choose another directory with --data.",
            )

    def try_acquire(self) -> bool:
        """Take the lock if nobody holds it; say whether it is ours."""
        file = self.path.open("a+", encoding="utf-8")
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _holder(self) -> str:
        try:
            number = self.path.read_text(encoding="utf-8").strip()
        except OSError:
            return ""
        return f" (process {number})" if number.isdigit() else ""


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
