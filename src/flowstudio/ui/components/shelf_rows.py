"""What a row of the shelf shows: workflows as the table of the browser wants them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from flowstudio.domain.states import WorkflowStatus
from flowstudio.services.shelf import SORTS
from flowstudio.ui.components.words import state_words
from flowstudio.ui.theme import icon_url

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.kit import Registry
    from flowstudio.services.ports import WorkflowRow
    from flowstudio.services.shelf import ShelfView
    from flowstudio.services.shelf_ports import Tag

DAYS = 14
TITLES = {
    "name": "Workflow", "starts": "Starts when", "status": "State", "last_run": "Last run", "next_run": "Next run",
    "days": "Last 14 days", "success_rate": "Success", "folder": "Folder", "updated_at": "Changed", "owner": "Owner",
}  # fmt: skip
_DATES, _NAMES = ("oldest first", "newest first"), ("A to Z", "Z to A")
_WAYS = {
    "name": _NAMES, "status": _NAMES, "last_run": _DATES, "next_run": ("soonest first", "latest first"),
    "success_rate": ("lowest first", "highest first"), "updated_at": _DATES, "owner": _NAMES,
}  # fmt: skip
ORDERS = {f"{'-' * down}{key}": f"{TITLES[key]}, {_WAYS[key][down]}" for key in SORTS for down in (0, 1)}
"""Every order in words, by the sort that it is."""
When = Callable[[datetime | None], str]


def columns_of(view: ShelfView) -> list[JsonObject]:
    """Return the columns that a person chose, the name first."""
    shown = ("name", *view.columns)
    return [
        {
            "key": key, "title": TITLES[key], "sort": key in SORTS, "figure": key == "success_rate",
            "sorted": ("down" if view.sort.startswith("-") else "up") if view.sort.removeprefix("-") == key else "",
        }
        for key in shown
    ]  # fmt: skip


class Rows:
    """Makes rows; everything that they need besides the workflow itself is looked up once."""

    def __init__(
        self,
        registry: Registry,
        when: When,
        folders: Mapping[str, str],
        under: Mapping[str, str],
        tags: Mapping[str, Tag],
        per_day: Sequence[JsonObject],
        today: datetime,
    ) -> None:
        """`folders` are the ways to all folders, `under` what is said of them under the name of a workflow."""
        self._registry = registry
        self._when = when
        self._folders, self._under = folders, under
        self._tags = tags
        self._today = today.date()
        self._days: dict[str, dict[str, JsonObject]] = {}
        for one in per_day:
            self._days.setdefault(str(one["workflow_id"]), {})[str(one["day"])[:10]] = one

    def row(self, row: WorkflowRow, reason: str | None, where: str) -> JsonObject:
        """Return a row; `reason`: why FlowStudio switched it off, `where`: where a search found it."""
        version = "never published" if row.published_version is None else f"version {row.published_version}"
        rate = row.success_rate
        return {
            "id": row.id, "href": f"/workflows/{row.id}", "name": row.name or "Without a name",
            "on": row.status is WorkflowStatus.ACTIVE, "where": where, "warn": bool(reason),
            "about": f"Switched off. {reason}" if reason else row.description or version,
            "folder": self._under.get(row.folder, ""),
            "tags": [{"name": one.name, "colour": one.colour} for one in map(self._tags.get, row.tags) if one],
            "cells": {
                "starts": self._starts(row), "status": _status(row.status), "last_run": self._last_run(row),
                "next_run": _plain(self._when(row.next_run) or "–", quiet=row.next_run is None),
                "days": self._bars(row.id),
                "success_rate": {
                    "text": "–" if rate is None else f"{100 * rate:.1f} %".replace(".0 %", " %"),
                    "bad": rate is not None and rate < 0.98, "quiet": rate is None,
                },
                "folder": _plain(self._folders.get(row.folder, "–"), quiet=not row.folder),
                "updated_at": _plain(self._when(row.updated_at)), "owner": _plain(row.owner or "–"),
            },
        }  # fmt: skip

    def _starts(self, row: WorkflowRow) -> JsonObject:
        found = self._registry.find(f"trigger.{row.trigger_type}") if row.trigger_type else None
        if found is None:
            return _plain("Nothing starts it yet", quiet=True)
        return {"text": found.line(row.trigger_config), "tile": "trigger", "icon": icon_url(found.icon)}

    def _last_run(self, row: WorkflowRow) -> JsonObject:
        if row.last_run_status is None:
            return _plain("Never", quiet=True)
        word, colour, symbol = state_words(row.last_run_status)
        return {"text": word, "icon": icon_url(symbol), "colour": colour, "under": self._when(row.last_run_at)}

    def _bars(self, workflow_id: str) -> JsonObject:
        known, bars, told = self._days.get(workflow_id, {}), [], []
        for back in range(DAYS - 1, -1, -1):
            day = self._today - timedelta(days=back)
            one = known.get(day.isoformat(), {})
            total, failed = (
                sum(int(one.get(kind, 0)) for kind in ("completed", "failed", "other")),
                one.get("failed", 0),
            )
            bars.append([total, failed])
            if total:
                told.append(f"{day:%d %b}: {total}, {failed} failed")
        return {"text": f"Runs per day: {'; '.join(told) or 'no runs'}", "bars": bars}


def _status(status: WorkflowStatus) -> JsonObject:
    if status is WorkflowStatus.ACTIVE:
        return _plain("Active")
    return {"text": status.value.capitalize(), "chip": "warn" if status is WorkflowStatus.PAUSED else "idle"}


def _plain(text: str, *, quiet: bool = False) -> JsonObject:
    return {"text": text, "quiet": quiet}
