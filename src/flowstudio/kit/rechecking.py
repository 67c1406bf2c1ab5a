"""The setting by which a trigger's condition is looked at again before its run goes on."""

from __future__ import annotations

from typing import Any, Literal

from flowstudio.kit.settings import setting

Recheck = Literal["never", "start", "start_and_delays"]
"""When a trigger's condition is looked at again: not at all, when its run starts, or after each delay, too."""


def recheck_setting(usual: Recheck) -> Any:
    """Declare the setting `recheck` of a trigger's Config; `usual` holds where a document does not say."""
    return setting(
        usual,
        label="Look again",
        help="Whether it must still hold when the run starts, or then and after each delay. Where it no"
        " longer does, the run is passed over.",
        reading="literal",
        advanced=True,
    )
