/** Where the person looks: fit, zoom, centre, and what of the drawing is in view. */
import { ref, shallowRef } from "vue";
import { CARD, ZOOM, around, centre } from "./geometry.js";

const MARGIN = 48;
const BARS = 64;
/** Below this a whole drawing shows colours and no names: it opens at its beginning instead. */
const LEGIBLE = 0.3;
const SLOW = 320;

const still = () => globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;

export function useCamera(drawing, surface) {
  const zoom = ref(1);
  const view = shallowRef({ x: 0, y: 0, zoom: 1 });
  const window = shallowRef(null);
  let touched = false;

  function look(camera, animated = true) {
    if (animated) touched = true;
    surface.value.look(camera, animated && !still() ? SLOW : 0);
  }

  function moved(camera) {
    view.value = camera;
    if (zoom.value !== camera.zoom) {
      zoom.value = camera.zoom;
      drawing.state.detail = camera.zoom < 0.3 ? "faint" : camera.zoom < 0.6 ? "far" : "full";
    }
    widen(false);
  }

  /** Keeps the window of what is drawn a good deal wider than the view, and moves it in steps. */
  function widen(force) {
    const { x, y, zoom: z } = view.value;
    const size = surface.value?.size();
    if (!size?.w) return;
    const seen = { x: -x / z, y: -y / z, w: size.w / z, h: size.h / z };
    const now = window.value;
    const inside = now && seen.x >= now.x && seen.y >= now.y && seen.x + seen.w <= now.x + now.w && seen.y + seen.h <= now.y + now.h;
    if (inside && !force && now.w < seen.w * 3) return;
    window.value = { x: seen.x - seen.w / 3, y: seen.y - seen.h / 3, w: (seen.w * 5) / 3, h: (seen.h * 5) / 3 };
  }

  function fit(animated = true, least = 0) {
    const size = surface.value.size();
    const box = around(drawing.rects.values());
    if (!box || !size.w) return false;
    const room = { w: Math.max(80, size.w - 2 * MARGIN), h: Math.max(80, size.h - MARGIN - BARS) };
    const whole = Math.min(1, room.w / box.w, room.h / box.h);
    if (whole < least) return false;
    const scale = Math.max(ZOOM.least, whole);
    look({ x: (size.w - box.w * scale) / 2 - box.x * scale, y: MARGIN / 2 + (size.h - BARS + 8 - box.h * scale) / 2 - box.y * scale, zoom: scale }, animated);
    return true;
  }

  /** A large drawing opens at its beginning, at a size at which it can be read. */
  function begin() {
    if (fit(false, LEGIBLE)) return true;
    const size = surface.value.size();
    const first = [...drawing.views.values()].find((each) => each.kind === "trigger") ?? drawing.views.values().next().value;
    if (!first || !size.w) return false;
    const c = centre(drawing.rects.get(first.id));
    const scale = 0.75;
    const across = drawing.state.direction === "LR";
    look({ x: (across ? 180 : size.w / 2) - c.x * scale, y: (across ? size.h / 2 : 80) - c.y * scale, zoom: scale }, false);
    return true;
  }

  function zoomTo(target, animated = true) {
    const size = surface.value.size();
    const { x, y, zoom: z } = view.value;
    const next = Math.max(ZOOM.least, Math.min(ZOOM.most, target));
    const middle = { x: size.w / 2, y: size.h / 2 };
    look({ x: middle.x - ((middle.x - x) / z) * next, y: middle.y - ((middle.y - y) / z) * next, zoom: next }, animated);
  }

  /** Nearer or farther by a factor, while what is at this point of the screen stays there. */
  function zoomAt(clientX, clientY, factor) {
    const { x, y, zoom: z } = view.value;
    const next = Math.max(ZOOM.least, Math.min(ZOOM.most, z * factor));
    const point = surface.value.toCanvas(clientX, clientY);
    touched = true;
    look({ x: x + point.x * (z - next), y: y + point.y * (z - next), zoom: next }, false);
  }

  function centreOn(point, animated = true, least = 0) {
    const size = surface.value.size();
    const z = Math.max(view.value.zoom, least);
    look({ x: size.w / 2 - point.x * z, y: size.h / 2 - point.y * z, zoom: z }, animated);
  }

  /** Moves just as far as is needed to see a card, clear of the bars below; a frame is seen by its beginning. */
  function reveal(id, least = 24) {
    const rect = drawing.rects.get(id);
    if (!rect) return;
    const size = surface.value.size();
    const { x, y, zoom: z } = view.value;
    const { w, h } = drawing.isFrame(id) ? CARD : rect;
    const [left, top, right, bottom] = [rect.x * z + x, rect.y * z + y, (rect.x + w) * z + x, (rect.y + h) * z + y];
    if (left >= least && top >= least && right <= size.w - least && bottom <= size.h - least) return;
    const dx = left < 24 ? 24 - left : Math.min(0, size.w - 24 - right);
    const dy = top < 24 ? 24 - top : Math.min(0, size.h - BARS - bottom);
    look({ x: x + dx, y: y + dy, zoom: z });
  }

  return {
    zoom,
    view,
    window,
    fit,
    begin,
    look,
    moved,
    widen,
    centreOn,
    reveal,
    zoomAt,
    untouched: () => !touched,
    grabbed: () => (touched = true),
    middle() {
      const size = surface.value.size();
      const { x, y, zoom: z } = view.value;
      return { x: (size.w / 2 - x) / z, y: (size.h / 2 - y) / z };
    },
    zoomIn: () => zoomTo(Math.round(view.value.zoom * 10 + 1) / 10),
    zoomOut: () => zoomTo(Math.round(view.value.zoom * 10 - 1) / 10),
    zoomReset: () => zoomTo(1),
  };
}
