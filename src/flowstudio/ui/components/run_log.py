"""The log of a run: its time line to step through, its steps, and under each loop a pager of its rounds."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from nicegui import ui

from flowstudio.ui.components.painting import rounds_words
from flowstudio.ui.components.steps import step_line, step_mark, step_name
from flowstudio.ui.components.words import count_of, lasted
from flowstudio.ui.theme import button, tile

if TYPE_CHECKING:
    from collections.abc import Callable

    from flowstudio.analysis.rounds import LoopRounds
    from flowstudio.domain.run import RunPlace, Step
    from flowstudio.ui.components.run_look import RunLook

MOST_STEPS = 200
MOST_SQUARES = 60
"""Rounds that are drawn as squares; more are gone through with the arrows."""
KEYS = """
addEventListener('keydown', (event) => {
  const to = {',': 'back', '.': 'next', Home: 'first', End: 'last'}[event.key];
  if (!to || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  if (event.target.closest?.('input, textarea, select, [contenteditable], .cm-editor, [role=option]')) return;
  if (!document.querySelector('.fs-moments') || document.querySelector('.q-dialog, .q-menu')) return;
  event.preventDefault();
  emitEvent('run-moment', to);
});
"""
"""The keys of the time line, on every page that shows one."""
_AT = "(event) => emit(Number(event.target.value))"
_SQUARE = "(event) => { const square = event.target.closest('[data-round]'); if (square) emit(Number(square.dataset.round)); }"  # noqa: E501


class RunLog:
    """Draws the log once; `mark` follows what is looked at without drawing the rows anew."""

    def __init__(self, look: RunLook) -> None:
        self.look = look
        self._rows: dict[tuple[str, tuple[int, ...]], ui.element] = {}
        self._bar: tuple[ui.element, ui.label, list[ui.button]] | None = None

    def draw(self) -> None:
        """Draw the time line and the list."""
        self._rows.clear()
        self._bar = None
        if len(self.look.point.moments) > 1:
            self._moments()
        steps = self.look.listed
        with ui.element("div").classes("fs-steps").props('role=group aria-label="Steps"'):
            for step in steps[:MOST_STEPS]:
                self._row(step)
                self._rounds(step)
            if len(steps) > MOST_STEPS:
                ui.label(
                    f"and {count_of(len(steps) - MOST_STEPS, 'more step')}. Choose a round to see its steps."
                ).classes("fs-caption fs-steps__more")
        self.mark()

    def mark(self) -> None:
        """Bring up to date which step is looked at, and which come after the moment."""
        look = self.look
        chosen = (look.chosen.node_id, look.chosen.iteration) if look.chosen is not None else None
        ahead = look.ahead
        for place, row in self._rows.items():
            row.props["aria-current"] = "true" if place == chosen else "false"
            row.classes(add="is-ahead") if place in ahead else row.classes(remove="is-ahead")
            row.update()
        if self._bar is not None:
            slider, label, buttons = self._bar
            position, number = look.point.position, len(look.point.moments)
            slider.props["value"] = position
            slider.update()
            ui.run_javascript(f"const s = getHtmlElement({slider.id}); if (s) s.value = {position};")
            label.set_text(f"Step {position + 1:,} of {number:,}")
            for one, enabled in zip(
                buttons, (position > 0, position > 0, *(2 * (position < number - 1,))), strict=True
            ):
                one.set_enabled(enabled)

    def _moments(self) -> None:
        look = self.look
        with ui.element("div").classes("fs-moments").props('role=group aria-label="Time line"'):
            first = button("", "quiet", "player-skip-back", partial(look.go, "first"), label="First step (Home)")
            back = button("", "quiet", "chevron-left", partial(look.go, "back"), label="Previous step (,)")
            slider = ui.element("input").classes("fs-moments__slider")
            slider.props(f'type=range min=0 max={len(look.point.moments) - 1} aria-label="Moment of the run"')
            slider.on("input", lambda event: look.go(int(event.args)), js_handler=_AT, throttle=0.1)
            following = button("", "quiet", "chevron-right", partial(look.go, "next"), label="Next step (.)")
            last = button("", "quiet", "player-skip-forward", partial(look.go, "last"), label="Last step (End)")
            label = ui.label().classes("fs-caption fs-moments__at").props("role=status")
        self._bar = (slider, label, [first, back, following, last])

    def _row(self, step: Step) -> None:
        look = self.look
        name, kind, symbol = step_name(look.workflow, look.registry, step)
        inset = ("", " fs-step--in", " fs-step--in2")[min(len(step.iteration), 2)]
        with ui.element("button").classes(f"fs-step{inset}") as row:
            row.props(f'type=button data-step="{escape(step.node_id)}"')
            step_mark(step)
            tile(kind, symbol)  # type: ignore[arg-type]
            with ui.element("span").classes("fs-stack"):
                ui.label(name).classes("fs-strong fs-ellipsis")
                text = step_line(step, test=look.test)
                if step.iteration:
                    text = f"Round {step.iteration[-1] + 1}, {text[:1].lower() + text[1:]}"
                ui.label(text).classes("fs-caption fs-ellipsis").props(f'title="{escape(text)}"')
            ui.label("" if look.test else lasted(step.started_at, step.completed_at)).classes("fs-caption")
        row.on("click", partial(look.choose, step))
        self._rows[step.node_id, step.iteration] = row

    def _rounds(self, step: Step) -> None:
        """Draw the pager under a loop, where it is clear which of its passages it belongs to."""
        point = self.look.point
        loop = step.node_id
        found = point.rounds_at(loop)
        settled_around = all(one in point.chosen for one in point.scope.get(loop, ()))
        words = rounds_words(point, loop)
        if found is None or words is None or not settled_around:
            return
        inset = ("", " fs-pages--in", " fs-pages--in2")[min(len(step.iteration), 2)]
        name = step_name(self.look.workflow, self.look.registry, step)[0]
        with ui.element("div").classes(f"fs-pages{inset}").props("role=group") as pager:
            pager.props["aria-label"] = f"Rounds of {name}"
            with ui.element("div").classes("fs-pages__line"):
                self._turn(loop, "back", "chevron-left", "Previous round", enabled=words["at"] is not None)
                ui.label(words["text"]).classes("fs-pages__text fs-ellipsis").props("role=status")
                last = words["at"] == words["of"] - 1
                self._turn(loop, "next", "chevron-right", "Next round", enabled=not last)
            if words["at"] is not None or words["failed"]:
                with ui.element("div").classes("fs-pages__more"):
                    if words["at"] is not None:
                        button("All rounds", "quiet", on_click=partial(self.look.turn, loop, "all"))
                    if words["failed"]:
                        number = words["failed"]
                        failed = "1 failed, show it" if number == 1 else f"{number:,} failed, show the next"
                        button(failed, "quiet", "alert-circle", partial(self.look.turn, loop, "failed"))
            if 1 < len(found.rounds) <= MOST_SQUARES:
                squares = ui.html(_squares(found, words["at"]), sanitize=False).classes("fs-pages__squares")
                squares.on("click", lambda event: self.look.turn(loop, int(event.args)), js_handler=_SQUARE)

    def _turn(self, loop: str, to: Any, symbol: str, label: str, *, enabled: bool) -> None:
        button("", "quiet", symbol, partial(self.look.turn, loop, to), label=label).set_enabled(enabled)


def _squares(found: LoopRounds, at: int | None) -> str:
    """Return a square per round in the colour of how it went; the pager's words and buttons say the same."""
    squares = (
        f'<i class="fs-pages__square is-{one.went}{" is-at" if one.index == at else ""}" data-round="{one.index}" '
        f'title="Round {one.index + 1}{", failed" if one.went == "failed" else ""}"></i>'
        for one in found.rounds
    )
    return f'<span aria-hidden="true">{"".join(squares)}</span>'


def run_arrows(place: RunPlace, go: Callable[[str], object]) -> None:
    """Draw `‹ Run 3 of 12 ›`: the way to the run before and the one after."""
    with ui.element("div").classes("fs-arrows").props('role=group aria-label="Older and newer runs"'):
        _arrow("chevron-left", "Older run", place.older, go)
        ui.label(f"Run {place.number:,} of {place.total:,}").classes("fs-caption")
        _arrow("chevron-right", "Newer run", place.newer, go)


def _arrow(symbol: str, label: str, target: str | None, go: Callable[[str], object]) -> None:
    way = button("", "quiet", symbol, partial(go, target or ""), label=label)
    way.set_enabled(target is not None)
