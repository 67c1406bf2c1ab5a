/** A card dragged onto an arrow: the arrow turns dashed, and letting go puts the card between its two ends. */
import { edgeAt } from "./drops.js";
import { centre } from "./geometry.js";

const TIED = ["each", "error"];

export function useInserting({ drawing, surface }) {
  let over = null;

  /** The document decides in the end; this is the same rule, so that only what will happen is promised. */
  function fits(id) {
    const view = drawing.views.get(id);
    if (!view?.entry || !view.ways?.length || ["note", "group"].includes(view.type) || drawing.isFrame(id)) return false;
    const ends = drawing.edgesOf(id);
    if (ends.in.size > 1 || ends.out.size > 1) return false;
    return ![...ends.out].some((edge) => TIED.includes(drawing.edges.get(edge).way));
  }

  function mark(edge) {
    if (edge === over) return;
    if (over) drawing.droppedOn.delete(over);
    if (edge) drawing.droppedOn.add(edge);
    over = edge;
  }

  return {
    /** The card moved: looks for an arrow under its middle, then under the pointer. */
    look(id, several, pointer) {
      drawing.state.landing = null;
      if (several || !fits(id)) return mark(null);
      const free = (edge) => {
        const { from, to, fixed } = drawing.edges.get(edge);
        return !fixed && from !== id && to !== id;
      };
      mark(edgeAt(drawing, centre(drawing.rects.get(id)), free) ?? (pointer && edgeAt(drawing, surface.value.toCanvas(pointer.clientX, pointer.clientY), free)));
      drawing.state.landing = over ? id : null;
      return undefined;
    },
    /** The card is let go. @returns the arrow it lies on, or null */
    take() {
      const edge = over;
      mark(null);
      drawing.state.landing = null;
      return edge && drawing.edges.has(edge) ? edge : null;
    },
  };
}
