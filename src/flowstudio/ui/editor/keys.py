"""Commands of shortcuts and menus, translated to edits; what only a canvas can do stands in `canvas_keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from nicegui import ui

from flowstudio.services.editing import ops
from flowstudio.services.editing.annotating import GROUP, NOTE, group_around, groups_of
from flowstudio.services.editing.arranging import connected
from flowstudio.services.editing.copying import copied
from flowstudio.services.editing.cutting import parts_of
from flowstudio.ui.components.words import count_of
from flowstudio.ui.editor.command_bar import ask_command
from flowstudio.ui.editor.picture_file import offer_picture
from flowstudio.ui.editor.shortcuts import COMMANDS, show_shortcuts
from flowstudio.ui.editor.taking_out import take_out
from flowstudio.ui.editor.view import shape_of, with_positions
from flowstudio.ui.theme import toast

if TYPE_CHECKING:
    from flowstudio.domain.json import JsonObject
    from flowstudio.domain.workflow import Workflow
    from flowstudio.ui.editor.shared_desk import Desk


class Commands:
    """Runs one command."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._asking = False

    async def run(self, event: dict[str, Any]) -> None:
        """Carry out a command of the canvas; unknown ones are left alone."""
        name = str(event.get("name") or "")
        known = next((one for one in COMMANDS if one.name == name), None)
        nodes = [str(one) for one in event.get("nodes") or self.desk.selected]
        if known is not None and (len(nodes) < known.fewest or (known.writes and self.desk.readonly)):
            return
        await self._carry_out(name, nodes, event)

    async def _carry_out(self, name: str, nodes: list[str], event: dict[str, Any]) -> None:
        deed = getattr(self, f"_do_{name}", None)
        if deed is not None:
            await deed(nodes, event)

    async def _do_undo(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        await self.desk.deeds.undo()

    async def _do_redo(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        await self.desk.deeds.redo()

    async def _do_copy(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        self._copy(nodes)

    async def _do_cut(self, nodes: list[str], event: dict[str, Any]) -> None:
        self._copy(nodes)
        await self._do_delete(nodes, event)

    async def _do_paste(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes
        await self.desk.patch(
            [{"op": "paste", "text": event.get("text", ""), "x": event.get("x"), "y": event.get("y")}]
        )

    async def _do_paste_by_key(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        toast("The browser does not hand out what was copied. Press Ctrl V instead.")

    async def _do_duplicate(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.patch([{"op": "paste", "text": self._text(nodes)}])

    async def _do_delete(self, nodes: list[str], event: dict[str, Any]) -> None:
        await self.desk.patch([{"op": "remove", "nodes": nodes, "edges": event.get("edges") or []}])

    async def _do_delete_heal(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.patch([{"op": "remove", "nodes": nodes, "edges": [], "heal": True}])

    async def _do_disable(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        shape = shape_of(self.desk.workflow, self.desk.studio.registry)
        whole = [
            inner
            for one in nodes
            for inner in (parts_of(self.desk.workflow, shape, one) if one.startswith(GROUP) else (one,))
        ]
        await self.desk.edit("Switch on or off", lambda flow: _flip(flow, whole))

    async def _do_rename(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        if nodes[0].startswith(NOTE):
            self.desk.surface.write_note(nodes[0])
            return
        await self.desk.go_to(nodes[0])
        ui.run_javascript(
            "const f = document.querySelector('.fs-detail__name input, .fs-detail .q-field input');"
            "f?.focus(); f?.select();"
        )

    async def _do_swap(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.adding.swap(nodes[0])

    async def _do_add_after(self, nodes: list[str], event: dict[str, Any]) -> None:
        await self.desk.leading.add(nodes, event.get("way"))

    async def _do_lead(self, nodes: list[str], event: dict[str, Any]) -> None:
        await self.desk.leading.lead(nodes, event.get("way"))

    async def _do_lead_also(self, nodes: list[str], event: dict[str, Any]) -> None:
        await self.desk.leading.lead(nodes, event.get("way"), also=True)

    async def _do_cut_arrow(self, nodes: list[str], event: dict[str, Any]) -> None:
        await self.desk.leading.cut(nodes, event.get("way"))

    async def _do_put_between(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.leading.put_between(nodes)

    async def _do_earlier(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.patch([{"op": "earlier", "node": nodes[0]}])

    async def _do_later(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.patch([{"op": "later", "node": nodes[0]}])

    async def _do_pin(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.pinning.flip(nodes)

    async def _do_note(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes
        at = {"x": event["x"], "y": event["y"]} if event.get("pointed") else self.desk.free_spot()
        made = await self.desk.patch([{"op": "add_note", **at}])
        if made:
            self.desk.surface.focus_node(made[0])
            self.desk.surface.write_note(made[0])

    async def _do_group(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.patch([{"op": "group", "nodes": [one for one in nodes if not one.startswith(NOTE)]}])

    async def _do_picture(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        with self.desk.root:
            await offer_picture(self.desk.workflow, self.desk.studio.registry)

    async def _do_extract(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        with self.desk.root:
            await take_out(self.desk, nodes)

    async def _do_ungroup(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.patch([{"op": "ungroup", "groups": self._groups(nodes)}])

    async def _do_fold(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        known = groups_of(self.desk.workflow)
        for one in self._groups(nodes):
            folded = bool(known[one].get("collapsed"))
            await self.desk.patch([{"op": "set_group", "id": one, "collapsed": not folded}])

    def _groups(self, nodes: list[str]) -> list[str]:
        """Return the groups that are chosen, or that the chosen steps stand in."""
        named = [one.removeprefix(GROUP) for one in nodes if one.startswith(GROUP)]
        held = [group_around(self.desk.workflow, one) for one in nodes if not one.startswith((GROUP, NOTE))]
        known = groups_of(self.desk.workflow)
        return [one for one in dict.fromkeys((*named, *held)) if one in known]

    async def _do_select_up(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.choose(connected(self.desk.workflow, nodes, "up"))

    async def _do_select_down(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.choose(connected(self.desk.workflow, nodes, "down"))

    async def _do_select_all(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        flow = self.desk.workflow
        await self.desk.choose([*(one.id for one in flow.triggers), *(one.id for one in flow.nodes)])

    async def _do_open(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        await self.desk.opened({"node": nodes[0]})

    async def _do_test(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        if self.desk.trial is not None:
            await self.desk.trial.run_all()
        else:
            await self.desk.deeds.start_trial()

    async def _do_test_to(self, nodes: list[str], event: dict[str, Any]) -> None:
        del event
        if self.desk.trial is not None:
            await self.desk.trial.run_to(nodes[0])
        elif self.desk.workflow.node(nodes[0]) is not None:
            await self.desk.deeds.start_trial(up_to=nodes[0])

    async def _do_trial_step(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        if self.desk.trial is not None:
            await self.desk.trial.step()

    async def _do_trial_close(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        if self.desk.trial is not None:
            await self.desk.trial.close()

    async def _do_publish(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        await self.desk.deeds.publish()

    async def _do_validate(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        await self.desk.deeds.validate()

    async def _do_template(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        await self.desk.deeds.save_as_template()

    async def _do_export(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        self.desk.deeds.export()

    async def _do_canvas(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        ui.navigate.to(f"/workflows/{self.desk.workflow.id}")

    async def _do_shortcuts(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        show_shortcuts(self.desk.place)

    async def _do_commands(self, nodes: list[str], event: dict[str, Any]) -> None:
        del nodes, event
        if self.desk.trial is not None or self._asking:
            return
        self._asking = True
        try:
            choice = await ask_command(self.desk)
        finally:
            self._asking = False
        if choice is None:
            return
        match choice.deed:
            case "do":
                await self.run({"name": choice.value})
            case "go":
                await self.desk.go_to(choice.value)
            case "add":
                await self.desk.adding.step(choice.value)

    def _text(self, nodes: list[str]) -> str:
        workflow = with_positions(self.desk.workflow, self.desk.studio.registry)
        shape = shape_of(workflow, self.desk.studio.registry)
        whole = [inner for one in nodes for inner in (one, *parts_of(workflow, shape, one))]  # a loop with its body
        part: JsonObject = copied(workflow, whole)
        return orjson.dumps(part, option=orjson.OPT_INDENT_2).decode()

    def _copy(self, nodes: list[str]) -> None:
        if nodes:
            ui.clipboard.write(self._text(nodes))
            plain = not any(one.startswith((GROUP, NOTE)) for one in nodes)
            toast(f"{count_of(len(nodes), 'step') if plain else count_of(len(nodes), 'box', 'boxes')} copied.")


def _flip(workflow: Workflow, nodes: list[str]) -> Workflow:
    on = all((node := workflow.node(one)) is not None and node.disabled for one in nodes)
    for one in nodes:
        if workflow.node(one) is not None:
            workflow = ops.update_node(workflow, one, disabled=not on)
    return workflow
