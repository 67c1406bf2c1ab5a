"""Who else has the workflow open: their letters in the bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.services.editing.session import WorkflowSession

MOST = 4
"""How many faces there is room for; the rest are a number."""


class People:
    """The others, as one visitor sees them."""

    def __init__(self, session: WorkflowSession, actor: Actor, tab: str) -> None:
        self._session = session
        self._actor = actor
        self._tab = tab

    def follow(self) -> None:
        """Count this page in while its line stands."""
        client = ui.context.client
        client.on_connect(lambda: self._session.here(self._tab, self.draw.refresh))
        client.on_disconnect(lambda: self._session.away(self._tab))
        if client.has_socket_connection:
            self._session.here(self._tab, self.draw.refresh)

    @ui.refreshable_method
    def draw(self) -> None:
        """Draw a face for each; nothing when nobody else is here."""
        names = [self._called(name) for name in self._session.others(self._tab)]
        if not names:
            return
        told = f"Also here: {', '.join(names)}"
        with ui.element("div").classes("fs-people").props(f'role=group aria-label="{_plain(told)}"'):
            for name in names[:MOST]:
                ui.label(_letters(name)).classes("fs-avatar").props("aria-hidden=true")
            if len(names) > MOST:
                ui.label(f"+{len(names) - MOST}").classes("fs-avatar").props("aria-hidden=true")
            ui.tooltip(told)

    def _called(self, name: str) -> str:
        return "you, in another tab" if name == self._actor.name else name


def _letters(name: str) -> str:
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def _plain(text: str) -> str:
    """Return a text that can stand in an attribute."""
    return text.replace('"', "'")
