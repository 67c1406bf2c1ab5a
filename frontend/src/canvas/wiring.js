/**
 * Drawing an arrow: drag from a port, or click it and then the target, or choose the target with the arrow keys.
 * Letting go over nothing asks for a new step.
 */
import { onBeforeUnmount, reactive, shallowRef } from "vue";
import { CARD, centre, entry, exit, eachExit, portShare, snap } from "./geometry.js";
import { head, rounded, route } from "./routing.js";

const REACH = 44;
const CLICK = 5;

export function useWiring({ drawing, surface, editing, askForStep, announce, focusNode }) {
  /** `mode`: drag, click (the line follows the pointer) or keys. `reconnect` = {edge, end} while an end is moved. */
  const wiring = reactive({ on: false, mode: "drag", from: null, way: "out", target: null, reconnect: null });
  const line = shallowRef(null);
  let start = null;
  let fixed = null;

  const canReach = (id) =>
    id !== wiring.from && drawing.views.get(id)?.entry && !drawing.edges.has(`${wiring.from}:${wiring.way}>${id}`);
  const targets = () => [...drawing.views.keys()].filter(canReach);

  function begin(from, way, mode, reconnect = null) {
    Object.assign(wiring, { on: true, from, way, mode, target: null, reconnect });
    fixed = reconnect?.end === "from" ? drawing.edges.get(reconnect.edge).to : null;
  }

  function end() {
    aim(null);
    Object.assign(wiring, { on: false, target: null, reconnect: null });
    line.value = null;
    start = null;
    fixed = null;
    removeEventListener("pointermove", onMove, true);
    removeEventListener("pointerup", onUp, true);
    removeEventListener("pointercancel", cancel, true);
    removeEventListener("pointermove", onFollow, true);
  }

  function aim(id) {
    if (wiring.target === id) return;
    if (wiring.target) drawing.highlighted.delete(wiring.target);
    wiring.target = id;
    if (id) drawing.highlighted.add(id);
  }

  function draw(point) {
    const { direction } = drawing.state;
    const turn = fixed ? [point, entryOf(fixed, point)] : [exitOf(wiring.from, wiring.way, wiring.target ?? null, point), wiring.target ? entryOf(wiring.target, point) : point];
    const [a, b] = turn;
    const drawn = route(a, b, { direction, obstacles: [] });
    line.value = { path: drawn.path ?? rounded([a, b]), arrow: drawn.arrow ?? head([a, b]), landing: Boolean(wiring.target) };
  }

  const entryOf = (id, beside) => entry(drawing.rects.get(id), drawing.isFrame(id), drawing.state.direction, beside);
  function exitOf(id, way, target, point) {
    const rect = drawing.rects.get(id);
    if (way === "each" && drawing.isFrame(id)) {
      return eachExit(rect, target ? drawing.rects.get(target) : { x: point.x, y: point.y, w: 0, h: 0 }, drawing.state.direction);
    }
    return exit(rect, drawing.isFrame(id), drawing.state.direction, target ? centre(drawing.rects.get(target)) : point);
  }

  /** The step under the pointer, or the nearest way in within reach. */
  function targetAt(event) {
    const under = document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".vue-flow__node")?.dataset.id;
    if (fixed) return under && under !== fixed && drawing.views.get(under)?.ways?.length ? under : null;
    if (under && canReach(under)) return under;
    const point = surface.value.toCanvas(event.clientX, event.clientY);
    let best = null;
    let least = REACH / Math.max(0.4, surface.value.camera().zoom);
    for (const id of targets()) {
      const p = entryOf(id, point);
      const gap = Math.hypot(p.x - point.x, p.y - point.y);
      if (gap < least) [best, least] = [id, gap];
    }
    return best;
  }

  function onMove(event) {
    if (!start) return;
    if (!start.dragged && Math.hypot(event.clientX - start.x, event.clientY - start.y) < CLICK) return;
    if (start.plus && !start.dragged) addEventListener("click", swallow, { capture: true, once: true });
    start.dragged = true;
    onFollow(event);
  }

  function onFollow(event) {
    const found = targetAt(event);
    aim(found);
    draw(surface.value.toCanvas(event.clientX, event.clientY));
  }

  function onUp(event) {
    if (!start) return;
    if (!start.dragged) {
      if (wiring.reconnect || start.plus) return end();
      removeEventListener("pointermove", onMove, true);
      removeEventListener("pointerup", onUp, true);
      start = null;
      wiring.mode = "click";
      addEventListener("pointermove", onFollow, true);
      announce(`${wordsOf(wiring.from, wiring.way)}: choose the step it leads to. Esc ends.`);
      return undefined;
    }
    const target = targetAt(event);
    if (target) return land(target, event);
    drop(event);
    return undefined;
  }

  /** The click that ends a pull is none. */
  const swallow = (event) => {
    if (event.target.closest?.(".fs-plus")) event.stopPropagation();
  };

  function drop(event) {
    const { from, way, reconnect } = wiring;
    const at = document.elementFromPoint(event.clientX, event.clientY);
    const card = at?.closest?.(".vue-flow__node")?.dataset.id;
    end();
    if (card && card !== from) return announce(`${drawing.views.get(card)?.name}: this arrow cannot lead here.`);
    if (reconnect || !at?.closest?.(".fs-canvas")) return undefined;
    const point = surface.value.toCanvas(event.clientX, event.clientY);
    const across = drawing.state.direction === "LR";
    askForStep({
      x: snap(across ? point.x : point.x - CARD.w / 2),
      y: snap(across ? point.y - CARD.h / 2 : point.y),
      after: { from, way },
      into: null,
      dropped: true,
      screen: [event.clientX, event.clientY],
    });
    return undefined;
  }

  /** The way out of a card whose port is nearest to where the arrow's start was let go, and that does not lead there yet. */
  function nearestWay(id, event, to) {
    const rect = drawing.rects.get(id);
    const { ways } = drawing.views.get(id);
    const point = surface.value.toCanvas(event.clientX, event.clientY);
    const far = ({ way }) => {
      const share = portShare(ways.findIndex((each) => each.way === way), ways.length);
      return drawing.state.direction === "LR" ? Math.abs(rect.y + rect.h * share - point.y) : Math.abs(rect.x + rect.w * share - point.x);
    };
    const fitting = ways.filter(({ way }) => !drawing.edges.has(`${id}:${way}>${to}`));
    const free = fitting.filter(({ way }) => !drawing.wired.has(`${id}:${way}`));
    return (free.length ? free : fitting).reduce((a, b) => (a && far(a) <= far(b) ? a : b), null)?.way ?? ways[0].way;
  }

  function land(target, event) {
    const { from, way, reconnect } = wiring;
    const edge = reconnect && drawing.edges.get(reconnect.edge);
    const port = event && document.elementFromPoint(event.clientX, event.clientY)?.closest?.(".fs-port--out");
    end();
    if (!edge) return editing.connect(from, way, target);
    if (reconnect.end === "to") return editing.reconnect(edge.id, edge.from, edge.way, target);
    const out = port?.dataset.node === target ? port.dataset.way : nearestWay(target, event, edge.to);
    return editing.reconnect(edge.id, target, out, edge.to);
  }

  const cancel = () => end();

  function listen(event, plus = false) {
    start = { x: event.clientX, y: event.clientY, dragged: false, plus };
    addEventListener("pointermove", onMove, true);
    addEventListener("pointerup", onUp, true);
    addEventListener("pointercancel", cancel, true);
  }

  function wordsOf(id, way) {
    const view = drawing.views.get(id);
    const label = view?.ways.length > 1 ? view.ways.find((each) => each.way === way)?.label : "";
    return label ? `${view.name}, ${label}` : (view?.name ?? "");
  }

  onBeforeUnmount(end);

  return {
    wiring,
    line,
    end,
    grabPort(event, from, way) {
      if (drawing.state.readonly || event.button) return;
      event.preventDefault();
      if (wiring.on) end();
      begin(from, way, "drag");
      listen(event);
    },
    /** A "+" that is pulled draws an arrow; one that is pressed stays a button. */
    pullPlus(event, from, way) {
      if (drawing.state.readonly || event.button || wiring.on) return;
      begin(from, way, "drag");
      listen(event, true);
    },
    grabEnd(event, id, which) {
      if (event.button) return;
      event.preventDefault();
      const edge = drawing.edges.get(id);
      begin(edge.from, edge.way, "drag", { edge: id, end: which });
      listen(event);
    },
    /** A click on a step while an arrow waits for its target. @returns whether it was used */
    clickedNode(id) {
      if (!wiring.on || wiring.mode === "drag") return false;
      if (canReach(id)) land(id);
      else end();
      return true;
    },
    clickedPane(event) {
      if (!wiring.on || wiring.mode === "drag") return false;
      drop(event);
      return true;
    },
    /** Wiring by keyboard. */
    connectFrom(from, way) {
      if (drawing.state.readonly || !drawing.views.has(from)) return;
      begin(from, way, "keys");
      const list = targets();
      if (!list.length) {
        end();
        announce("There is no step it could lead to.");
        return;
      }
      const c = centre(drawing.rects.get(from));
      const gap = (id) => {
        const t = centre(drawing.rects.get(id));
        return Math.abs(t.x - c.x) + Math.abs(t.y - c.y) + (t.y < c.y ? 400 : 0);
      };
      choose(list.reduce((a, b) => (gap(b) < gap(a) ? b : a)));
      focusNode(from);
    },
    step(direction, nearest) {
      const next = nearest(wiring.target ?? wiring.from, direction, canReach);
      if (next) choose(next);
    },
    cycle(by) {
      const list = targets();
      const at = list.indexOf(wiring.target);
      if (list.length) choose(list[(at + by + list.length) % list.length]);
    },
    confirm() {
      if (wiring.target) land(wiring.target);
    },
  };

  function choose(id) {
    aim(id);
    draw(entryOf(id));
    announce(`${wordsOf(wiring.from, wiring.way)} leads to ${drawing.views.get(id).name}. Enter connects, arrow keys choose another, Esc ends.`);
  }
}

