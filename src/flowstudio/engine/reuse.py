"""Answers of other systems that are used again: the same question within the time that its step allows."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta

import orjson

from flowstudio.domain.json import JsonObject, JsonValue

MOST_BYTES = 16 * 2**20
"""All answers together; the ones that were used longest ago go first."""
LARGEST = 2**20
"""An answer beyond that is asked for each time."""
_FIXED = 500
"""About what one answer takes besides its text, in bytes."""


class Reuse:
    """What one process keeps of answers, in memory: a restart or another worker asks anew."""

    def __init__(self) -> None:
        self._answers: OrderedDict[bytes, tuple[datetime, bytes]] = OrderedDict()
        self._bytes = 0

    @staticmethod
    def question(workspace: str, workflow: str, kind: str, settings: JsonValue) -> bytes:
        """Return what tells questions apart: who asks what, with every setting filled in."""
        asked = orjson.dumps([workspace, workflow, kind, settings], option=orjson.OPT_SORT_KEYS)
        return hashlib.blake2b(asked, digest_size=20).digest()

    def find(self, question: bytes, now: datetime, seconds: float) -> tuple[datetime, JsonObject] | None:
        """Return when it was answered and what, None where that is longer ago than `seconds` or unknown."""
        found = self._answers.get(question)
        if found is None or not timedelta(0) <= now - found[0] < timedelta(seconds=seconds):
            return None
        self._answers.move_to_end(question)
        answer: JsonObject = orjson.loads(found[1])
        return found[0], answer

    def keep(self, question: bytes, now: datetime, answer: JsonObject) -> None:
        """Keep an answer, in place of an earlier one to the same question."""
        text = orjson.dumps(answer)
        self._drop(question)
        if len(text) > LARGEST:
            return
        self._answers[question] = (now, text)
        self._bytes += len(text) + _FIXED
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._answers)))

    def _drop(self, question: bytes) -> None:
        if (gone := self._answers.pop(question, None)) is not None:
            self._bytes -= len(gone[1]) + _FIXED
