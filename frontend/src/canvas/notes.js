/** Notes and groups by hand: write, resize, fold. */
import { snap } from "./geometry.js";

const NOTE_LEAST = 96;

export function useNotes({ drawing, surface, editing, camera, focusNode }) {
  function write(id) {
    if (drawing.state.readonly || drawing.views.get(id)?.type !== "note") return false;
    drawing.state.writing = id;
    return true;
  }

  return {
    write,
    /** What a double click or Enter does to a note or group. @returns false for anything else */
    open(id) {
      const view = drawing.views.get(id);
      if (view?.type === "note") return write(id);
      if (view?.type !== "group" || drawing.state.readonly) return view?.type === "group";
      this.fold(id, !view.folded);
      return true;
    },
    fold(id, collapsed) {
      editing.send({ op: "set_group", id, collapsed });
    },
    writeNote(id, text) {
      if (drawing.state.writing !== id) return;
      drawing.state.writing = null;
      const view = drawing.views.get(id);
      if (!view || view.text === text) return;
      drawing.setNode({ ...view, text });
      editing.send({ op: "note", id, text });
    },
    backTo: focusNode,
    sizeNote(event, id) {
      const handle = event.currentTarget;
      const start = { x: event.clientX, y: event.clientY };
      const { w, h } = drawing.views.get(id);
      const size = (at) => {
        const zoom = camera.zoom.value;
        const longer = (before, by) => Math.max(NOTE_LEAST, snap(before + by / zoom));
        return { w: longer(w, at.clientX - start.x), h: longer(h, at.clientY - start.y) };
      };
      const show = (at) => {
        const { w: width, h: height } = size(at);
        const view = { ...drawing.views.get(id), w: width, h: height };
        drawing.setNode(view);
        surface.value.place(id, { x: view.x, y: view.y, w: width, h: height });
      };
      const end = (at) => {
        handle.removeEventListener("pointermove", show);
        show(at);
        const now = size(at);
        if (now.w !== w || now.h !== h) editing.send({ op: "note", id, ...now });
      };
      handle.setPointerCapture(event.pointerId);
      handle.addEventListener("pointermove", show);
      handle.addEventListener("pointerup", end, { once: true });
    },
  };
}
