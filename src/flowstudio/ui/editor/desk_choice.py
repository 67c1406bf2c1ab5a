"""What a desk's visitor has chosen, and the panels that follow the choice."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from nicegui import ui

from flowstudio.analysis import variables_at
from flowstudio.domain.actor import Role
from flowstudio.graph.sizes import CARD
from flowstudio.services.editing.annotating import notes_of
from flowstudio.ui.editor.annotations import note_box
from flowstudio.ui.editor.samples import kept_example, with_fields
from flowstudio.ui.editor.selection import panel_of
from flowstudio.ui.editor.surroundings import Surroundings, sample_at
from flowstudio.ui.editor.trigger_extras import trigger_extras
from flowstudio.ui.editor.view import positions_of, shape_of

if TYPE_CHECKING:
    from flowstudio.domain.actor import Actor
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.problem import Problem
    from flowstudio.domain.workflow import Workflow
    from flowstudio.services.editing.session import WorkflowSession
    from flowstudio.services.ports import StoredWorkflow
    from flowstudio.services.studio import Studio
    from flowstudio.ui.editor.detail import Detail
    from flowstudio.ui.editor.drawer import Drawer
    from flowstudio.ui.editor.entries import Entries
    from flowstudio.ui.editor.fresh import Fresh
    from flowstudio.ui.editor.pinning import Pinning
    from flowstudio.ui.editor.shared_desk import Desk
    from flowstudio.ui.editor.shortcuts import Place
    from flowstudio.ui.editor.surface import Bar, Surface
    from flowstudio.ui.editor.trial import Trial


class Choosing(ABC):
    """The half of a desk that knows what is chosen."""

    studio: Studio
    actor: Actor
    session: WorkflowSession
    root: ui.element
    detail: Detail
    drawer: Drawer
    entries: Entries
    pinning: Pinning
    trial: Trial | None
    problems: Sequence[Problem]
    """What the checks found, all of it; `told` is what is shown."""
    fresh: Fresh
    selected: list[str]
    tried_with: JsonObject
    """The sample that this tab's last test run began with, where it was another than the example."""
    place: Place = "canvas"
    """Which of the places where a workflow is worked on this is."""
    stored: StoredWorkflow
    """Status and versions, as last looked up."""
    bar: Bar
    _surroundings: Surroundings | None
    _drawn: int = 0
    """How often the panel was drawn or is about to be."""

    @property
    def workflow(self) -> Workflow:
        """The draft as it stands."""
        return self.session.workflow

    @property
    @abstractmethod
    def surface(self) -> Surface:
        """What shows the workflow, once drawn."""

    @property
    def told(self) -> Sequence[Problem]:
        """What is shown as problems: without what a step that was just added still lacks."""
        return self.fresh.told(self.problems)

    @abstractmethod
    def _paint_problems(self) -> None:
        """Bring the marks at the steps up to date."""

    def _leave(self) -> None:
        """Show what steps lack that are no longer chosen."""
        if self.fresh.keep(self.selected):
            self._paint_problems()
            self.show_drawer()

    async def settle(self) -> None:
        """Show everything that is lacking: somebody wants to use the workflow."""
        if self.fresh.keep(()):
            self._paint_problems()
            self.show_drawer()
            await self._follow(own=True)

    @property
    def readonly(self) -> bool:
        """Say whether this person may look only."""
        return not self.actor.may(Role.BUILDER)

    def free_spot(self) -> JsonObject:
        """Return a place right of everything that is drawn."""
        spots = list(positions_of(self.workflow, shape_of(self.workflow, self.studio.registry)).values())
        boxes = [(x, y, float(CARD[0])) for x, y in spots]
        boxes += [(at["x"], at["y"], at["w"]) for at in map(note_box, notes_of(self.workflow).values())]
        right = max((x + width for x, _, width in boxes), default=0.0)
        return {"x": right + 48, "y": min((y for _, y, _ in boxes), default=0.0)}

    async def _follow(self, *, own: bool) -> None:
        with self.root:
            surroundings = await self._look_around()
            if not self.detail.refresh(self.workflow, surroundings, self.told, own=own):
                await self.show_detail()

    async def _selected(self, event: dict[str, Any]) -> None:
        nodes = [str(one) for one in event.get("nodes", [])]
        if nodes == self.selected:
            return
        self.selected = nodes
        self._leave()
        if self.trial is not None:
            self.trial.select(nodes[0] if nodes else None)
            return
        await self.show_detail()
        self.show_drawer()

    async def choose(self, nodes: list[str]) -> None:
        """Choose these boxes and nothing else."""
        self.surface.select(nodes)
        self.selected = nodes
        self._leave()
        await self.show_detail()
        self.show_drawer()

    async def opened(self, event: dict[str, Any]) -> None:
        """Show a step's settings and put the cursor into the first."""
        self.selected = [str(event.get("node"))]
        self._leave()
        await self.show_detail()
        ui.run_javascript("document.querySelector('.fs-detail [tabindex=\"0\"], .fs-detail input')?.focus()")

    async def go_to(self, node_id: str) -> None:
        """Bring a step to the middle, select it, and open its settings."""
        self.surface.focus_node(node_id)
        self.selected = [node_id]
        self._leave()
        await self.show_detail()
        self.show_drawer()

    def _point(self, node_id: str) -> None:
        self.surface.highlight([node_id] if node_id else [])

    async def _look_around(self) -> Surroundings:
        facts = await self.studio.documents.facts(self.actor.workspace)
        node_id = self.selected[0] if len(self.selected) == 1 else None
        known = node_id is not None and self.workflow.node(node_id) is not None
        example = self.tried_with.get("trigger") or kept_example(self.workflow) or {}
        variables = (
            variables_at(self.workflow, node_id, self.studio.registry, facts, example) if known and node_id else ()
        )
        groups = with_fields([one.to_json() for one in variables], example)
        zone = self.studio.settings.zone(self.actor.workspace)
        names = {key: name for key, name in facts.workflow_names.items() if key != self.workflow.id}
        now = self.studio.clock.now()
        sample = (
            sample_at(self.workflow, node_id, self.studio.registry, facts, now, zone, self.tried_with)
            if node_id
            else None
        )
        self._surroundings = Surroundings(facts, names, zone, now, groups, sample)
        return self._surroundings

    async def show_detail(self) -> None:
        """Draw the panel of what is selected."""
        self._drawn += 1
        mine = self._drawn
        surroundings = await self._look_around()
        if mine != self._drawn:
            return  # something else was chosen meanwhile, and its panel is on the way
        other = panel_of(cast("Desk", self))
        if other is not None:
            self.detail.show_other(other)
            self.entries.tell()
            return
        node_id = self.selected[0] if len(self.selected) == 1 else None
        self.detail.show(self.workflow, node_id, surroundings, self.told, lambda: self._extras(node_id))
        self.entries.tell()

    def _extras(self, node_id: str | None) -> Callable[[], object] | None:
        node = self.workflow.node(node_id) if node_id else None
        return self.pinning.draw(node) if node is not None else trigger_extras(cast("Desk", self), node_id)

    def show_drawer(self) -> None:
        """Bring sentence and problems up to date."""
        explanation = (
            self.studio.documents.explain(self.workflow) if self.workflow.triggers or self.workflow.nodes else None
        )
        still = self.fresh.to_fill_in(self.workflow, self.problems)
        self.drawer.show(explanation, self.told, self.selected[0] if self.selected else None, still)
