/**
 * What is drawn: cards, frames, arrows, and the state of a run, each in place so that a change repaints only itself.
 * Knows nothing of the library that pans and drags; it tells `onPlace` where a card or frame has to stand.
 */
import { reactive, shallowReactive } from "vue";
import { CARD, EMPTY_FRAME, bottom, centre, eachExit, entry, exit, frameAround } from "./geometry.js";
import { useMarks } from "./standing.js";
import { rounded, route } from "./routing.js";

const NEXT_RISE = 24;

export function createDrawing() {
  const state = reactive({
    rev: 0,
    direction: "TB",
    readonly: false,
    painted: false,
    writing: null,
    landing: null,
    tick: 0,
  });
  const views = shallowReactive(new Map());
  const edges = shallowReactive(new Map());
  const frames = shallowReactive(new Map());
  const routes = shallowReactive(new Map());
  const wired = shallowReactive(new Set());
  const steps = shallowReactive(new Map());
  const passages = shallowReactive(new Map());
  const chosenEdges = shallowReactive(new Set());
  const hoveredEdges = shallowReactive(new Set());
  const droppedOn = shallowReactive(new Set());
  const highlighted = shallowReactive(new Set());
  const cut = shallowReactive(new Set());
  const started = shallowReactive(new Map());
  const rects = new Map();
  const parents = shallowReactive(new Map());
  const ends = new Map();
  let order = [];
  let onPlace = () => {};

  const isFrame = (id) => Array.isArray(views.get(id)?.body);
  const marks = useMarks({ state, views, rects, routes, edges, endsOf, wired, isFrame });
  const sizeOf = (view) => {
    if (view.type === "note") return { w: view.w, h: view.h };
    return Array.isArray(view.body) ? EMPTY_FRAME : CARD;
  };
  /** Notes and frames of groups are drawn around and beside the flow: arrows pass over them. */
  const inTheWay = (id) => views.get(id)?.type !== "note" && !(views.get(id)?.type === "group" && isFrame(id));

  function endsOf(id) {
    if (!ends.has(id)) ends.set(id, { in: new Set(), out: new Set() });
    return ends.get(id);
  }

  function clear() {
    for (const each of [views, edges, frames, routes, wired, steps, passages, chosenEdges, hoveredEdges, droppedOn]) each.clear();
    for (const each of [highlighted, cut, started]) each.clear();
    for (const each of [rects, parents, ends]) each.clear();
  }

  function setNode(view) {
    const old = rects.get(view.id);
    views.set(view.id, view);
    const size = Array.isArray(view.body) && old ? { w: old.w, h: old.h } : sizeOf(view);
    rects.set(view.id, { x: view.x, y: view.y, ...size });
  }

  function setEdge(edge) {
    edges.set(edge.id, edge);
    endsOf(edge.from).out.add(edge.id);
    endsOf(edge.to).in.add(edge.id);
    wired.add(`${edge.from}:${edge.way}`);
  }

  function dropEdge(id) {
    const edge = edges.get(id);
    if (!edge) return;
    edges.delete(id);
    routes.delete(id);
    passages.delete(id);
    chosenEdges.delete(id);
    endsOf(edge.from).out.delete(id);
    endsOf(edge.to).in.delete(id);
    if (![...endsOf(edge.from).out].some((other) => edges.get(other)?.way === edge.way)) {
      wired.delete(`${edge.from}:${edge.way}`);
    }
  }

  function dropNode(id) {
    for (const edge of [...endsOf(id).in, ...endsOf(id).out]) dropEdge(edge);
    for (const each of [views, frames, steps, rects, parents, ends]) each.delete(id);
    highlighted.delete(id);
  }

  /** Finds out which frame each node stands in, the innermost one; frames come innermost first. */
  function nest() {
    parents.clear();
    const loops = [...views.values()].filter((view) => Array.isArray(view.body));
    const holders = new Map();
    for (const loop of loops) {
      for (const id of loop.body) {
        if (id === loop.id || !views.has(id)) continue;
        if (!holders.has(id)) holders.set(id, []);
        holders.get(id).push(loop.id);
      }
    }
    const depths = new Map();
    const depth = (id, seen = new Set()) => {
      if (depths.has(id)) return depths.get(id);
      if (seen.has(id)) return 0;
      seen.add(id);
      const value = Math.max(0, ...(holders.get(id) ?? []).map((each) => depth(each, seen) + 1));
      depths.set(id, value);
      return value;
    };
    for (const [id, list] of holders) parents.set(id, list.reduce((a, b) => (depth(b) > depth(a) ? b : a)));
    order = loops.map((loop) => loop.id).sort((a, b) => depth(b) - depth(a));
    return new Map(order.map((id) => [id, depth(id)]));
  }

  const childrenOf = (id) => [...parents].filter(([, parent]) => parent === id).map(([child]) => child);

  function ancestors(id) {
    const found = [];
    for (let at = parents.get(id); at && !found.includes(at); at = parents.get(at)) found.push(at);
    return found;
  }

  /** Everything inside a frame, through all depths. */
  function inside(id) {
    return childrenOf(id).flatMap((child) => [child, ...(isFrame(child) ? inside(child) : [])]);
  }

  /** Fits every frame around its body; @returns the ids of those that changed */
  function fitFrames(except = null) {
    const changed = [];
    for (const id of order) {
      const children = childrenOf(id);
      const view = views.get(id);
      const rect = frameAround(children.map((child) => rects.get(child)), view, state.direction);
      const old = rects.get(id);
      const moved = !old || old.x !== rect.x || old.y !== rect.y || old.w !== rect.w || old.h !== rect.h;
      rects.set(id, rect);
      frames.set(id, { rect, empty: !children.length, ...nextMark(id, children, rect) });
      if (moved) {
        changed.push(id);
        if (id !== except) onPlace(id, rect);
      }
    }
    return changed;
  }

  /** Reading downwards, the ways of a body come together in a small mark above the frame's lower line. */
  function nextMark(id, children, frame) {
    if (views.get(id)?.type === "group") return { lines: [], mark: null, leaves: new Set() };
    const within = new Set([...children, ...inside(id)]);
    const leaves = children.filter((child) => {
      const view = views.get(child);
      if (!view.ways?.length || view.kind === "end") return false;
      return ![...endsOf(child).out].some((edge) => edges.get(edge).way !== "each" && within.has(edges.get(edge).to));
    });
    if (state.direction === "LR") return { lines: [], mark: null, leaves: new Set(leaves) };
    const mark = { x: frame.w / 2, y: frame.h - NEXT_RISE };
    const lines = leaves.map((child) => {
      const rect = rects.get(child);
      const from = { x: centre(rect).x - frame.x, y: bottom(rect) - frame.y };
      return rounded(Math.abs(from.x - mark.x) < 2 ? [from, mark] : [from, { x: from.x, y: mark.y }, mark]);
    });
    return { lines, mark: leaves.length ? mark : null, leaves: new Set(leaves) };
  }

  function reroute(ids) {
    const cards = [...rects].filter(([id]) => inTheWay(id));
    const drawn = new Map();
    for (const id of ids) {
      const edge = edges.get(id);
      const [source, target] = [rects.get(edge?.from), rects.get(edge?.to)];
      if (!source || !target) continue;
      const { direction } = state;
      const toFrame = isFrame(edge.to);
      const fromFrame = isFrame(edge.from);
      const from =
        edge.way === "each" && fromFrame
          ? eachExit(source, target, direction)
          : exit(source, fromFrame, direction, centre(target));
      const to = entry(target, toFrame, direction, from);
      const around = new Set([...ancestors(edge.from), ...ancestors(edge.to)]);
      if (edge.way === "each") around.add(edge.from);
      const main = direction === "LR" ? "x" : "y";
      const size = direction === "LR" ? "w" : "h";
      const [low, high] = [Math.min(from[main], to[main]) - 40, Math.max(from[main], to[main]) + 40];
      const obstacles = [];
      for (const [other, rect] of cards) {
        if (!around.has(other) && rect[main] < high && rect[main] + rect[size] > low) obstacles.push(rect);
      }
      const late = endsOf(edge.to).in.size > 1 && endsOf(edge.from).out.size < 2;
      drawn.set(id, route(from, to, { direction, obstacles, late }));
    }
    for (const [id, each] of marks.stand(drawn)) routes.set(id, each);
  }

  function refresh() {
    const depths = nest();
    fitFrames();
    reroute(edges.keys());
    state.tick += 1;
    return depths;
  }

  return {
    state,
    views,
    edges,
    frames,
    routes,
    wired,
    steps,
    passages,
    chosenEdges,
    hoveredEdges,
    droppedOn,
    highlighted,
    cut,
    started,
    rects,
    isFrame,
    freeWaysOf: marks.freeWaysOf,
    inside,
    parentOf: (id) => parents.get(id) ?? null,
    edgesOf: (id) => endsOf(id),
    onPlace: (listener) => (onPlace = listener),
    setNode,
    setEdge,
    dropNode,
    dropEdge,
    clear,
    refresh,
    /** Takes new places of cards while they are dragged: frames follow, and the arrows that touch them. */
    moved(places, except = null) {
      const touched = new Set(Object.keys(places));
      for (const [id, [x, y]] of Object.entries(places)) {
        const rect = rects.get(id);
        if (rect) rects.set(id, { ...rect, x, y });
      }
      for (const id of fitFrames(except)) touched.add(id);
      const ids = new Set();
      for (const id of touched) for (const edge of [...endsOf(id).in, ...endsOf(id).out]) ids.add(edge);
      reroute(ids);
      state.tick += 1;
    },
    rerouteAll: () => reroute(edges.keys()),
  };
}
