"""The past: runs told in plain English and gone through again on the draft, and the draft tried on past events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body

from flowstudio.api.asking import Asking
from flowstudio.errors import BadRequest
from flowstudio.services.past_runs import MOST_RUNS

if TYPE_CHECKING:
    from flowstudio.services.studio import Studio

Wish = Annotated[dict[str, Any] | None, Body()]


def _number(wish: dict[str, Any] | None, name: str) -> int | None:
    value = (wish or {}).get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise BadRequest(f'"{name}" is a number from 1.')
    return value


def router(studio: Studio) -> APIRouter:
    """Return the routes below `/workflows`."""
    routes = APIRouter(prefix="/workflows", tags=["runs"])

    async def explanation(actor: Asking, run_id: str) -> dict[str, Any]:
        """Tell what started it, why each branch went as it did, what was done, what not, and what to do about it."""
        return {"run_id": run_id, **(await studio.past_runs.explain(actor, run_id)).as_json()}

    async def replay(actor: Asking, run_id: str, data: Wish = None) -> dict[str, Any]:
        """Take its data to the draft, or to `version`: what would go another way. Nothing leaves, nothing is kept."""
        return (await studio.past_runs.replay(actor, run_id, version=_number(data, "version"))).as_json()

    async def replay_last(actor: Asking, workflow_id: str, data: Wish = None) -> dict[str, Any]:
        """Go through the `last` finished runs (100) on the draft, or on `version`: which would go another way."""
        most = _number(data, "last") or MOST_RUNS
        found = await studio.past_runs.replay_last(
            actor, workflow_id, most=most, version=_number(data, "version")
        )  # fmt: skip
        return found.as_json()

    async def backtest(actor: Asking, workflow_id: str, data: Wish = None) -> dict[str, Any]:
        """Try the draft on the last `days` (30): how many runs, messages and receivers, the peak. Nothing leaves."""
        return (await studio.backtesting.run(actor, workflow_id, days=_number(data, "days") or 30)).as_json()

    for word in ("runs", "instances"):
        shown = word == "runs"
        routes.add_api_route(
            f"/{word}/{{run_id}}/explanation", explanation, methods=["GET"], summary="A run in plain English",
            include_in_schema=shown,
        )  # fmt: skip
        routes.add_api_route(
            f"/{word}/{{run_id}}/replay", replay, methods=["POST"], summary="Replay on the draft",
            include_in_schema=shown,
        )  # fmt: skip
    routes.add_api_route("/{workflow_id}/replay", replay_last, methods=["POST"], summary="Replay the last runs")
    routes.add_api_route("/{workflow_id}/backtest", backtest, methods=["POST"], summary="Try the draft on the past")
    return routes
