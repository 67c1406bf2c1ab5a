/** The keys of the canvas. They work while the focus is inside it and not in a field. */
import { SNAP, centre } from "./geometry.js";

const SIDES = { ArrowUp: "top", ArrowDown: "bottom", ArrowLeft: "left", ArrowRight: "right" };
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** The nearest box in a direction from `id`, measured from middle to middle with sideways steps counted double. */
function nearestIn(drawing, id, [dx, dy], allowed = () => true) {
  const here = drawing.rects.get(id);
  if (!here) return null;
  const c = centre(here);
  let best = null;
  let least = Infinity;
  for (const [other, rect] of drawing.rects) {
    if (other === id || !allowed(other)) continue;
    const p = drawing.isFrame(other) ? { x: rect.x + rect.w / 2, y: rect.y + 22 } : centre(rect);
    const ahead = (p.x - c.x) * dx + (p.y - c.y) * dy;
    const aside = Math.abs((p.x - c.x) * dy) + Math.abs((p.y - c.y) * dx);
    if (ahead > 8 && ahead + 2 * aside < least) [best, least] = [other, ahead + 2 * aside];
  }
  return best;
}

export function useKeyboard({ drawing, surface, camera, editing, wiring, gripping, command, open, focusNode, selectEdges, announce, turnTo }) {
  let moved = null;
  let timer = 0;

  const focused = () => document.activeElement?.closest?.(".vue-flow__node")?.dataset.id;

  /** What the keys act on: what is chosen, else the step that has the focus. */
  function meant() {
    const chosen = surface.value.selection();
    const at = focused();
    return chosen.length || drawing.chosenEdges.size || !at ? chosen : [at];
  }

  function flush() {
    clearTimeout(timer);
    if (!moved) return;
    drawing.rerouteAll();
    editing.sendMove(moved);
    moved = null;
  }

  function arrows(event, direction) {
    const chosen = meant();
    if (event.ctrlKey || event.metaKey) {
      if (drawing.state.readonly || !chosen.length) return;
      const by = event.shiftKey ? 4 * SNAP : SNAP;
      moved = { ...moved, ...editing.nudge(chosen, direction[0] * by, direction[1] * by) };
      clearTimeout(timer);
      timer = setTimeout(flush, 600);
      return;
    }
    const at = chosen.at(-1) ?? focused();
    const next = at ? nearestIn(drawing, at, direction) : drawing.views.keys().next().value;
    if (next) focusNode(next);
  }

  function whileWiring(event) {
    const direction = ARROWS[event.key];
    if (direction) wiring.step(direction, (id, d, allowed) => nearestIn(drawing, id, d, allowed));
    else if (event.key === "Tab") wiring.cycle(event.shiftKey ? -1 : 1);
    else if (event.key === "Enter") wiring.confirm();
    else if (event.key === "Escape") {
      wiring.end();
      announce("No arrow was drawn.");
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function withControl(event, key) {
    const names = { z: event.shiftKey ? "redo" : "undo", y: "redo", c: "copy", x: "cut", d: "duplicate", g: event.shiftKey ? "ungroup" : "group" };
    if (key === "enter") return command("test");
    if (key === "a") return surface.value.select([...drawing.views.keys()]);
    if (key === "delete" || key === "backspace") return removeChosen(true);
    const name = names[key];
    if (!name || (drawing.state.readonly && name !== "copy")) return false;
    if (name !== "undo" && name !== "redo" && !meant().length) return false;
    if (name === "copy" && String(getSelection())) return false;
    return command(name, name === "undo" || name === "redo" ? {} : { nodes: meant() });
  }

  function removeChosen(heal) {
    if (drawing.state.readonly) return false;
    return editing.remove(meant(), [...drawing.chosenEdges], heal);
  }

  /** The loop whose rounds the keys go through: the chosen one, the one around what is chosen, or the outermost. */
  function loopAt() {
    for (let at = meant()[0]; at; at = drawing.parentOf(at)) if (drawing.steps.get(at)?.rounds) return at;
    return [...drawing.steps].find(([id, step]) => step.rounds && !drawing.parentOf(id))?.[0] ?? null;
  }

  function round(to) {
    const loop = loopAt();
    return loop ? turnTo(loop, to) : false;
  }

  function plain(event, key) {
    const chosen = meant();
    const at = chosen[0] ?? focused();
    const act = (name) => command(name, { nodes: chosen });
    switch (key) {
      case "delete":
      case "backspace":
        return removeChosen(false);
      case "enter":
        if (event.shiftKey) return chosen.length === 1 ? act("test_to") : false;
        return at ? open(at) : false;
      case "pagedown":
        return round(event.shiftKey ? "failed" : "next");
      case "pageup":
        return round("back");
      case " ":
        return gripping.take();
      case "escape":
        selectEdges([]);
        return surface.value.select([]);
      case "0":
        return camera.zoomReset();
      case "1":
        return camera.fit();
      case "+":
      case "=":
        return camera.zoomIn();
      case "-":
        return camera.zoomOut();
      case "?":
        return command("shortcuts");
      case "f2":
        return chosen.length && !drawing.state.readonly ? act("rename") : false;
      case "r":
        return chosen.length === 1 && !drawing.state.readonly ? act("swap") : false;
      case "s":
        return event.shiftKey && !drawing.state.readonly ? command("note") : false;
      case "n":
        return drawing.state.readonly ? false : command("palette");
      case "d":
        return chosen.length && !drawing.state.readonly ? act("disable") : false;
      case "p":
        return chosen.length && !drawing.state.readonly ? act("pin") : false;
      default:
        return false;
    }
  }

  /** Space by itself chooses the step that has the focus, and renames it where it is chosen. */
  function space() {
    const chosen = surface.value.selection();
    const at = focused();
    if (at && !chosen.includes(at)) focusNode(at);
    else if (chosen.length === 1 && !drawing.state.readonly) command("rename");
  }

  return {
    flush,
    keydown(event) {
      if (event.target.closest?.("input, textarea, select, [contenteditable], .cm-editor")) return;
      if (wiring.wiring.on) {
        whileWiring(event);
        if (event.defaultPrevented) return;
      }
      const key = event.key.toLowerCase();
      const inButton = event.target.closest?.("button");
      if (inButton && (key === "enter" || key === " ")) return;
      const direction = ARROWS[event.key];
      let used = true;
      const inLine = event.altKey && !drawing.state.readonly && surface.value.selection().length > 1;
      if (direction && event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) command(direction[0] + direction[1] < 0 ? "select_up" : "select_down", { nodes: meant() });
      else if (direction && inLine) command(`align_${SIDES[event.key]}`);
      else if (inLine && event.shiftKey && ["KeyH", "KeyV"].includes(event.code)) command(event.code === "KeyH" ? "distribute_x" : "distribute_y");
      else if (direction && !event.altKey) arrows(event, direction);
      else if (event.shiftKey && event.altKey && event.code === "KeyT") command("tidy");
      else if (event.altKey && event.code === "KeyX" && !drawing.state.readonly && meant().length) command("extract", { nodes: meant() });
      else if (event.ctrlKey || event.metaKey) used = withControl(event, key) !== false;
      else if (!event.altKey) used = plain(event, key) !== false;
      else used = false;
      if (used) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    keyup(event) {
      if (["Control", "Meta"].includes(event.key)) flush();
      if (event.key === " " && gripping.letGo()) space();
    },
  };
}
