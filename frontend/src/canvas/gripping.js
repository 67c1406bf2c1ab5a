/** The hand on the canvas: while Space is held it is dragged from anywhere, and Ctrl with the wheel brings it nearer. */
import { onBeforeUnmount, onMounted, ref } from "vue";

/** How much nearer one notch of a wheel brings; a pinch on a touchpad comes as many small ones. */
const NOTCH = 0.002;
const PINCH = 0.01;

export function useGripping({ camera, root }) {
  const held = ref(false);
  let dragged = false;

  function release() {
    held.value = false;
  }

  /** The key may come up while something else has the focus. */
  const released = (event) => event.key === " " && release();

  /** Before anything has the focus, the canvas under the pointer takes the key. */
  function pressed(event) {
    if (event.key !== " " || document.activeElement !== document.body || !root.value?.matches(":hover")) return;
    event.preventDefault();
    take();
  }

  /** Space goes down: the canvas is in the hand until it comes up. */
  function take() {
    if (!held.value) dragged = false;
    held.value = true;
  }

  onMounted(() => {
    addEventListener("blur", release);
    addEventListener("keydown", pressed);
    addEventListener("keyup", released);
  });
  onBeforeUnmount(() => {
    removeEventListener("blur", release);
    removeEventListener("keydown", pressed);
    removeEventListener("keyup", released);
  });

  return {
    held,
    take,
    press() {
      if (held.value) dragged = true;
    },
    /** Space comes up. @returns whether it was pressed for itself, and nothing was dragged meanwhile */
    letGo() {
      const alone = held.value && !dragged;
      release();
      return alone;
    },
    wheel(event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      const lines = event.deltaMode === 1 ? 20 : 1;
      const by = event.deltaY * lines * (Math.abs(event.deltaY) < 20 && event.deltaMode === 0 ? PINCH : NOTCH);
      camera.zoomAt(event.clientX, event.clientY, 2 ** -by);
    },
  };
}
