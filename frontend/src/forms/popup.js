/** Popups beside the field they serve: where they stand, and when they close. */
import { nextTick, onBeforeUnmount, onMounted, reactive, watch } from 'vue';

const EDGE = 8;

/**
 * Keep a popup next to its anchor and inside the window.
 * @param {() => DOMRect} anchor gives the rectangle to stand at
 * @param {import('vue').Ref<HTMLElement>} box the popup
 * @param {{width?: number, matchWidth?: boolean}} options width in px, or at least as wide as the anchor
 */
export function usePlacement(anchor, box, options = {}) {
  // see-through, not hidden, until it is placed: what is hidden takes no focus, and the first letters would be lost
  const style = reactive({ position: 'fixed', left: '0px', top: '0px', opacity: 0 });
  function place() {
    if (!box.value) return;
    const at = anchor();
    const width = options.width || Math.max(at.width, options.matchWidth ? 120 : box.value.offsetWidth);
    const height = box.value.offsetHeight;
    const below = window.innerHeight - at.bottom - EDGE;
    const above = height > below && at.top - EDGE > below;
    style.left = `${Math.max(EDGE, Math.min(at.left, window.innerWidth - width - EDGE))}px`;
    style.top = `${Math.max(EDGE, above ? at.top - height - 6 : at.bottom + 6)}px`;
    if (options.width) style.width = `${Math.min(width, window.innerWidth - 2 * EDGE)}px`;
    else if (options.matchWidth) style.minWidth = `${width}px`;
    style.maxHeight = `${Math.max(180, (above ? at.top : below) - EDGE)}px`;
    style.opacity = 1;
  }
  let watcher = null;
  onMounted(async () => {
    await nextTick();
    place();
    watcher = new ResizeObserver(place);
    watcher.observe(box.value);
    window.addEventListener('scroll', place, true);
    window.addEventListener('resize', place);
  });
  onBeforeUnmount(() => {
    watcher?.disconnect();
    window.removeEventListener('scroll', place, true);
    window.removeEventListener('resize', place);
  });
  return { style, place };
}

/** Call `close` on a press outside the boxes; `inside` lists elements that belong to the popup. */
export function useOutside(inside, close) {
  const onDown = (event) => {
    if (!inside().some((element) => element?.contains(event.target))) close();
  };
  onMounted(() => document.addEventListener('pointerdown', onDown, true));
  onBeforeUnmount(() => document.removeEventListener('pointerdown', onDown, true));
}

/** Keep the active row in sight. */
export function useActiveInSight(active, box) {
  watch(active, async () => {
    await nextTick();
    box.value?.querySelector('[data-active="true"]')?.scrollIntoView({ block: 'nearest' });
  });
}

let last = 0;

/** A new id for labels and lists, unique in the page. */
export function newId(stem) {
  last += 1;
  return `fsf-${stem}-${last}`;
}
