/** What a person does becomes one patch at the end of the gesture; moves, removals and new arrows show at once. */
import { createEntering } from "../entering.js";
import { edgeId } from "./protocol.js";
import { snap } from "./geometry.js";
import { useInserting } from "./inserting.js";

export const session = Math.random().toString(36).slice(2, 10);

/**
 * @param {{remember: (patch: object) => void, forget: (op: string) => object|null}} journal where unanswered patches are kept
 */
export function useEditing(drawing, surface, emit, journal) {
  const inserting = useInserting({ drawing, surface });
  let count = 0;
  const pendingMoves = new Map();
  const dragging = new Set();
  let dragStart = null;

  function send(...ops) {
    count += 1;
    const patch = { op_id: `c${count}-${session}`, base_rev: drawing.state.rev, ops };
    journal.remember(patch);
    // a field's own report to Python goes first: the answer finds the field as the person left it
    if (ops[0].op === "enter") queueMicrotask(() => emit("patch", patch));
    else emit("patch", patch);
    return patch.op_id;
  }

  const entering = createEntering(journal, send, session);

  const boxOf = (id, depths) => {
    const view = drawing.views.get(id);
    const rect = drawing.rects.get(id);
    const frame = drawing.isFrame(id);
    const kind = frame ? "frame" : view.type === "note" ? "note" : "card";
    return { id, ...rect, label: view.label, frame, kind, depth: depths.get(id) ?? 0 };
  };

  function load(graph) {
    drawing.clear();
    pendingMoves.clear();
    Object.assign(drawing.state, { rev: graph.rev ?? 0, direction: graph.direction ?? "TB", readonly: Boolean(graph.readonly), painted: false });
    for (const node of graph.nodes) drawing.setNode(node);
    for (const edge of graph.edges) if (drawing.views.has(edge.from) && drawing.views.has(edge.to)) drawing.setEdge(edge);
    const depths = drawing.refresh();
    surface.value.replace([...drawing.views.keys()].map((id) => boxOf(id, depths)));
  }

  /** Takes back what was shown too early; the rest of the truth comes with the answer. */
  function takeBack(ops) {
    for (const op of ops) if (op.op === "connect" || op.op === "reconnect") drawing.dropEdge(edgeId(op.from, op.way, op.to));
  }

  function apply(diff) {
    if (diff.held) journal.hold(diff.held);
    const answered = diff.ack ?? diff.reject;
    if (answered) {
      const patch = journal.forget(answered);
      if (diff.reject) takeBack(patch?.ops ?? []);
      for (const [id, op] of pendingMoves) if (op === answered) pendingMoves.delete(id);
    }
    entering.learn(diff.marks);
    drawing.state.rev = diff.rev ?? drawing.state.rev;
    const gone = (diff.gone_nodes ?? []).filter((id) => drawing.views.has(id));
    for (const id of diff.gone_edges ?? []) drawing.dropEdge(id);
    for (const id of gone) {
      drawing.dropNode(id);
      letGo(id);
    }
    for (const view of diff.nodes ?? []) {
      const rect = drawing.rects.get(view.id);
      const held = rect && (dragging.has(view.id) || pendingMoves.has(view.id));
      drawing.setNode(held ? { ...view, x: rect.x, y: rect.y } : view);
    }
    for (const edge of diff.edges ?? []) {
      if (drawing.edges.has(edge.id)) drawing.dropEdge(edge.id);
      if (drawing.views.has(edge.from) && drawing.views.has(edge.to)) drawing.setEdge(edge);
    }
    const depths = drawing.refresh();
    surface.value.drop(gone);
    const changed = new Set([...(diff.nodes ?? []).map((view) => view.id), ...drawing.frames.keys()]);
    surface.value.put([...changed].filter((id) => drawing.views.has(id) && !dragging.has(id)).map((id) => boxOf(id, depths)));
    if (diff.select) surface.value.select(diff.select);
  }

  /** Somebody else took away what is in the hand: when it comes back, it is painted like any other. */
  function letGo(id) {
    dragging.delete(id);
    pendingMoves.delete(id);
    if (!dragStart) return;
    delete dragStart.at[id];
    const [left] = Object.keys(dragStart.at);
    if (!left) dragStart = null;
    else if (dragStart.grabbed === id) dragStart.grabbed = left;
  }

  /** Adds the steps inside frames that move or go as a whole. */
  const withBodies = (ids) => [...new Set(ids.flatMap((id) => (drawing.isFrame(id) ? [id, ...drawing.inside(id)] : [id])))];

  function startDrag(grabbed) {
    const ids = withBodies([...new Set([grabbed, ...surface.value.selection()])]);
    dragStart = { grabbed, at: Object.fromEntries(ids.map((id) => [id, drawing.rects.get(id)])) };
    dragging.clear();
    for (const id of ids) dragging.add(id);
  }

  /** Everything that is dragged moves by one step of the grid, so that what was aligned stays so. */
  function drag(grabbed, places, pointer) {
    if (!dragStart) return;
    const [x, y] = places[dragStart.grabbed] ?? places[grabbed];
    const start = dragStart.at[dragStart.grabbed];
    const whole = drawing.isFrame(dragStart.grabbed);
    const dx = whole ? snap(x - start.x) : snap(x) - start.x;
    const dy = whole ? snap(y - start.y) : snap(y) - start.y;
    const moved = {};
    for (const [id, rect] of Object.entries(dragStart.at)) {
      moved[id] = [rect.x + dx, rect.y + dy];
      surface.value.place(id, { x: rect.x + dx, y: rect.y + dy });
      if (drawing.frames.get(id)?.empty) drawing.views.set(id, { ...drawing.views.get(id), x: rect.x + dx, y: rect.y + dy });
    }
    drawing.moved(moved);
    inserting.look(dragStart.grabbed, Object.keys(dragStart.at).length > 1, pointer);
  }

  function stopDrag(grabbed, places, pointer) {
    if (!dragStart) return;
    drag(grabbed, places, pointer);
    const into = inserting.take();
    const node = dragStart.grabbed;
    const to = {};
    for (const [id, before] of Object.entries(dragStart.at)) {
      const { x, y } = drawing.rects.get(id);
      if (x !== before.x || y !== before.y) to[id] = [x, y];
    }
    dragStart = null;
    dragging.clear();
    drawing.rerouteAll();
    if (into) sendMove(to, { op: "insert", node, into });
    else sendMove(to);
  }

  function sendMove(to, ...more) {
    if (!Object.keys(to).length) return;
    for (const [id, [x, y]] of Object.entries(to)) {
      const view = drawing.views.get(id);
      if (view) drawing.views.set(id, { ...view, x, y });
    }
    const op = send({ op: "move", to }, ...more);
    for (const id of Object.keys(to)) pendingMoves.set(id, op);
  }

  /** Moves by keyboard: shows at once; the caller sends `to` when the key is let go. */
  function nudge(ids, dx, dy) {
    const to = {};
    for (const id of withBodies(ids)) {
      const { x, y } = drawing.rects.get(id);
      to[id] = [x + dx, y + dy];
    }
    for (const [id, [x, y]] of Object.entries(to)) {
      if (!drawing.isFrame(id)) surface.value.place(id, { x, y });
      else if (drawing.frames.get(id)?.empty) drawing.views.set(id, { ...drawing.views.get(id), x, y });
    }
    drawing.moved(to);
    return to;
  }

  function remove(nodes, edges, heal) {
    const all = withBodies(nodes);
    const kept = edges.filter((id) => drawing.edges.has(id));
    if (!all.length && !kept.length) return;
    for (const id of kept) drawing.dropEdge(id);
    for (const id of all) drawing.dropNode(id);
    drawing.refresh();
    surface.value.drop(all);
    send({ op: "remove", nodes: all, edges: kept, heal });
  }

  function connect(from, way, to) {
    const id = edgeId(from, way, to);
    if (from === to || drawing.edges.has(id)) return;
    const label = drawing.views.get(from)?.ways.find((each) => each.way === way)?.label || null;
    drawing.setEdge({ id, from, way, to, label: drawing.views.get(from)?.ways.length > 1 ? label : null });
    drawing.refresh();
    send({ op: "connect", from, way, to });
  }

  function reconnect(edge, from, way, to) {
    const old = drawing.edges.get(edge);
    if (!old || (old.from === from && old.way === way && old.to === to) || drawing.edges.has(edgeId(from, way, to))) return;
    drawing.dropEdge(edge);
    drawing.setEdge({ ...old, id: edgeId(from, way, to), from, way, to });
    drawing.refresh();
    send({ op: "reconnect", edge, from, way, to });
  }

  /** Sends again what earlier pages were never answered for. */
  function resend(patches) {
    for (const patch of patches) emit("patch", { ...patch, again: true });
  }

  return { send, entering, resend, load, apply, startDrag, drag, stopDrag, sendMove, nudge, remove, connect, reconnect };
}
