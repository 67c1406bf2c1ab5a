"""Below the canvas: the workflow as a sentence, and what is not right with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING

from nicegui import ui

from flowstudio.ui.components.problems import MARK
from flowstudio.ui.components.words import count_of
from flowstudio.ui.theme import icon

if TYPE_CHECKING:
    from flowstudio.analysis import Explanation
    from flowstudio.domain.problem import Problem

Go = Callable[[str], object]
Fix = Callable[["Problem"], object]


class Drawer:
    """The two columns; drawn anew after every edit."""

    def __init__(self, on_node: Go, on_point: Go, on_fix: Fix) -> None:
        self._on_node = on_node
        self._on_point = on_point
        self._on_fix = on_fix
        self._explanation: Explanation | None = None
        self._problems: Sequence[Problem] = ()
        self._still: Sequence[str] = ()
        self._selected: str | None = None

    def draw(self) -> None:
        """Draw the region."""
        with (
            ui.element("section")
            .classes("fs-panel fs-panel--bottom fs-drawer")
            .props('aria-label="Reads as, and problems"')
        ):
            with ui.element("div").classes("fs-drawer__reads").props('tabindex=0 role=group aria-label="Reads as"'):
                self.reads()
            with ui.element("div").classes("fs-drawer__problems").props('tabindex=0 role=group aria-label="Problems"'):
                self.faults()

    def show(
        self,
        explanation: Explanation | None,
        problems: Sequence[Problem],
        selected: str | None,
        still: Sequence[str] = (),
    ) -> None:
        """Take over what to show; what has not changed is not drawn anew, so that no click on it is lost.

        `still`: what a new step lacks, as its form calls it.
        """
        if (explanation, selected) != (self._explanation, self._selected):
            self._explanation, self._selected = explanation, selected
            self.reads.refresh()
        if (tuple(problems), tuple(still)) != (tuple(self._problems), tuple(self._still)):
            self._problems, self._still = problems, still
            self.faults.refresh()

    @ui.refreshable_method
    def reads(self) -> None:
        """Draw the workflow as a sentence."""
        ui.label("Reads as").classes("fs-field-label")
        text = ui.html(self._sentence(), sanitize=False).classes("fs-voice")
        text.on("click", self._clicked, js_handler=_PART)
        text.on("mouseover", self._pointed, js_handler=_PART)
        text.on("mouseleave", lambda: self._on_point(""))

    def _sentence(self) -> str:
        if self._explanation is None:
            return "Nothing yet."
        parts = []
        for span in self._explanation.spans:
            text = escape(span["text"])
            if span.get("node_id"):
                on = " is-on" if span["node_id"] == self._selected else ""
                parts.append(
                    f'<span class="fs-voice__part fs-voice__part--{span["kind"]}{on}" '
                    f'data-node="{escape(span["node_id"])}">{text}</span>'
                )
            else:
                parts.append(text)
        return "".join(parts)

    @ui.refreshable_method
    def faults(self) -> None:
        """Draw the problems."""
        told = [problem for problem in self._problems if problem.severity != "hint"]
        hints = [problem for problem in self._problems if problem.severity == "hint"]
        title = count_of(len(told), "problem") if told else "No problems"
        ui.label(title).classes("fs-field-label").props(f'role=status data-problems="{len(told)}"')
        if self._still:
            ui.label(f"Still to fill in: {', '.join(self._still)}").classes("fs-caption").props("data-still")
        with ui.element("div").classes("fs-problems").props('role=list aria-label="Problems"'):
            for problem in [*told, *hints]:
                self._line(problem)

    def _line(self, problem: Problem) -> None:
        symbol, colour = MARK[problem.severity]
        with ui.element("div").classes("fs-problem").props("role=listitem"):
            icon(symbol).classes(colour)
            with ui.element("div"):
                if problem.node_id:
                    node_id = problem.node_id
                    with ui.element("button").classes("fs-problem__go").props("type=button") as go:
                        ui.label(problem.message)
                    go.on("click", lambda: self._on_node(node_id))
                else:
                    ui.label(problem.message)
                if problem.hint:
                    ui.label(problem.hint).classes("fs-caption")
                if problem.fix:
                    with ui.element("button").classes("fs-link fs-editor__makes").props("type=button") as fix:
                        ui.label(str(problem.fix.get("label", "Fix it")))
                    fix.on("click", lambda: self._on_fix(problem))

    def _clicked(self, event: object) -> object:
        node_id = getattr(event, "args", None)
        return self._on_node(node_id) if isinstance(node_id, str) and node_id else None

    def _pointed(self, event: object) -> None:
        node_id = getattr(event, "args", None)
        if isinstance(node_id, str):
            self._on_point(node_id)


_PART = """(event) => { const part = event.target.closest('[data-node]'); emit(part ? part.dataset.node : ''); }"""
