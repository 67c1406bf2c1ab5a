/** A palette entry dragged over the canvas: an arrow under it turns dashed, and letting go adds the step there. */
import { CARD, snap } from "./geometry.js";
import { STEP_MIME } from "./protocol.js";
import { distance } from "./routing.js";

const REACH = 26;

/** The arrow nearest to a point of the canvas, within reach. @returns its id or null */
export function edgeAt(drawing, point, allowed = () => true) {
  let [found, least] = [null, REACH];
  for (const [id, route] of drawing.routes) {
    const b = route.box;
    if (point.x < b.x - REACH || point.x > b.x + b.w + REACH || point.y < b.y - REACH || point.y > b.y + b.h + REACH) continue;
    const gap = allowed(id) ? distance(point, route.points) : Infinity;
    if (gap < least) [found, least] = [id, gap];
  }
  return found;
}

export function useDrops({ drawing, surface, editing }) {
  function mark(id) {
    for (const other of drawing.droppedOn) if (other !== id) drawing.droppedOn.delete(other);
    if (id) drawing.droppedOn.add(id);
  }

  function placeAt(event) {
    const stub = event.target.closest?.(".fs-stub");
    const button = stub?.matches("[data-node]") ? stub : stub?.querySelector("[data-node]");
    if (button) return { after: { from: button.dataset.node, way: button.dataset.way }, into: null };
    return { after: null, into: edgeAt(drawing, surface.value.toCanvas(event.clientX, event.clientY)) };
  }

  const carries = (event) => !drawing.state.readonly && event.dataTransfer?.types.includes(STEP_MIME);

  return {
    dragover(event) {
      if (!carries(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      const { after, into } = placeAt(event);
      mark(after ? `${after.from}:${after.way}` : into);
    },
    dragleave(event) {
      // Browsers disagree on relatedTarget here; the place of the pointer is sure.
      const box = event.currentTarget.getBoundingClientRect();
      const { clientX: x, clientY: y } = event;
      if (x <= box.left || x >= box.right || y <= box.top || y >= box.bottom) mark(null);
    },
    drop(event) {
      if (!carries(event)) return;
      event.preventDefault();
      const key = event.dataTransfer.getData(STEP_MIME);
      const point = surface.value.toCanvas(event.clientX, event.clientY);
      const { after, into } = placeAt(event);
      mark(null);
      editing.send({ op: "add", key, x: snap(point.x - CARD.w / 2), y: snap(point.y - CARD.h / 2), after, into });
    },
  };
}
