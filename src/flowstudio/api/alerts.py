"""Alerts of the workspace."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Body

from flowstudio.api.asking import Asking
from flowstudio.api.shapes import moment
from flowstudio.services.alert_rules import METRICS

if TYPE_CHECKING:
    from flowstudio.services.alerts import AlertState
    from flowstudio.services.studio import Studio


def router(studio: Studio) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/alerts", tags=["alerts"])

    @routes.get("", summary="The alerts: limits, who is told, the last reading, since when one is raised")
    async def every(actor: Asking) -> dict[str, Any]:
        return {"alerts": [_alert(one) for one in await studio.alerts.list(actor)]}

    @routes.patch("/{metric}", summary="Change an alert")
    async def change(actor: Asking, metric: str, given: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
        return asdict(await studio.alerts.change(actor, metric, given))

    return routes


def _alert(one: AlertState) -> dict[str, Any]:
    metric = METRICS[one.rule.metric]
    return {
        **asdict(one.rule), "title": metric.title, "unit": metric.unit, "about": metric.about, "reading": one.reading,
        "raised_at": moment(one.raised_at),
    }  # fmt: skip
