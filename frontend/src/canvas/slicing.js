/** Alt and a drag over the empty canvas draw a line; every arrow it crosses is dashed, and cut when it is let go. */
import { onBeforeUnmount, shallowRef } from "vue";
import { crosses } from "./routing.js";

const LEAST = 5;

/** What letting go would do. */
export function cutWords(count) {
  if (!count) return "Draw over the arrows to cut, Esc ends";
  return `Let go to cut ${count > 1 ? `${count} arrows` : "1 arrow"}, Esc ends`;
}

export function useSlicing({ drawing, surface, editing, announce }) {
  /** The line in canvas pixels, and how many arrows it crosses; null while nothing is drawn. */
  const slice = shallowRef(null);
  let start = null;

  function crossed(a, b) {
    const [left, right, top, low] = [Math.min(a.x, b.x), Math.max(a.x, b.x), Math.min(a.y, b.y), Math.max(a.y, b.y)];
    const found = new Set();
    for (const [id, { box, points }] of drawing.routes) {
      if (box.x > right || box.x + box.w < left || box.y > low || box.y + box.h < top) continue;
      if (!drawing.edges.get(id)?.fixed && crosses(a, b, points)) found.add(id);
    }
    return found;
  }

  function move(event) {
    if (!slice.value && Math.hypot(event.clientX - start.screen.x, event.clientY - start.screen.y) < LEAST) return;
    const to = surface.value.toCanvas(event.clientX, event.clientY);
    const found = crossed(start.point, to);
    for (const id of drawing.cut) if (!found.has(id)) drawing.cut.delete(id);
    for (const id of found) drawing.cut.add(id);
    slice.value = { path: `M${start.point.x} ${start.point.y}L${to.x} ${to.y}`, count: found.size };
  }

  function end() {
    drawing.cut.clear();
    slice.value = null;
    start = null;
    removeEventListener("pointermove", move, true);
    removeEventListener("pointerup", release, true);
    removeEventListener("pointercancel", end, true);
    removeEventListener("keydown", escape, true);
  }

  function release(event) {
    move(event);
    const edges = slice.value ? [...drawing.cut] : [];
    end();
    if (!edges.length) return;
    editing.remove([], edges, false);
    announce(edges.length > 1 ? `${edges.length} arrows are cut.` : "1 arrow is cut.");
  }

  function escape(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end();
  }

  onBeforeUnmount(end);

  return {
    slice,
    /** @returns whether this press begins a cut */
    press(event) {
      if (!event.altKey || event.button || start || drawing.state.readonly) return false;
      if (!event.target.closest(".vue-flow__pane") || event.target.closest(".vue-flow__node, button")) return false;
      start = { screen: { x: event.clientX, y: event.clientY }, point: surface.value.toCanvas(event.clientX, event.clientY) };
      addEventListener("pointermove", move, true);
      addEventListener("pointerup", release, true);
      addEventListener("pointercancel", end, true);
      addEventListener("keydown", escape, true);
      return true;
    },
  };
}
