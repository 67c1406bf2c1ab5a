"""One sentence at the bottom of the page that goes by itself, with at most one thing to do about it."""

from collections.abc import Callable
from inspect import isawaitable

from nicegui import context, ui

from flowstudio.kit.words import shown
from flowstudio.ui.theme.install import icon_url

SECONDS = 6.0


def toast(
    text: str, *, action: str | None = None, on_action: Callable[[], object] | None = None, wrong: bool = False
) -> None:
    """Say `text` on the present page for six seconds, longer while it is pointed at; `action` names the one deed.

    `wrong` marks what did not come about, so that nobody takes it for done.
    """
    pointed = False
    client = context.client
    for older in [one for one in client.layout if "fs-toasts" in one.classes]:
        older.delete()  # the newest sentence is the one that counts
    with client.layout, ui.element("div").classes("fs-toasts") as place:
        with ui.element("div").classes("fs-toast").props(f"role={'alert' if wrong else 'status'}") as element:
            ui.icon(icon_url("alert-circle" if wrong else "check"), size="18px").props("aria-hidden=true")
            ui.label(shown(text))  # it may quote what somebody typed or pasted
            if action:

                async def act() -> None:
                    place.delete()
                    with client.layout:  # the toast's own place is gone by now
                        done = on_action() if on_action else None
                        if isawaitable(done):
                            await done

                with ui.element("button").classes("fs-toast__action").on("click", act):
                    ui.label(action)

        def point(on: bool) -> None:
            nonlocal pointed
            pointed = on

        element.on("mouseenter", lambda: point(True)).on("mouseleave", lambda: point(False))

        def leave() -> None:
            if not pointed and not place.is_deleted:
                timer.deactivate()
                place.delete()

        timer = ui.timer(SECONDS, leave, immediate=False)
