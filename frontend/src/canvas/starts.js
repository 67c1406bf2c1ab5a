/** A run began while somebody looks: the card that started it lights up once and says so for a moment. */
import { onBeforeUnmount } from "vue";

const SHOWN = 3000;

export function useStarts(drawing, announce) {
  const timers = new Map();

  onBeforeUnmount(() => timers.forEach(clearTimeout));

  /** The card a step is drawn in: its own, or that of the folded group around it. */
  function cardOf(id) {
    if (drawing.views.has(id)) return id;
    return [...drawing.views.values()].find((view) => view.members?.includes(id))?.id ?? null;
  }

  return {
    show(id, text) {
      const card = cardOf(id);
      if (!card || drawing.state.painted) return;
      if (!drawing.started.has(card)) announce(`${drawing.views.get(card).name}: ${text}`);
      drawing.started.set(card, { state: "started", line: text, count: null });
      clearTimeout(timers.get(card));
      timers.set(card, setTimeout(() => drawing.started.delete(card), SHOWN));
    },
  };
}
