/**
 * A workflow as a list: the lines come down by props; what a person chooses and does goes up by events.
 * Moving about, choosing and folding happen here, so that they answer at once. The keys come from the server's list of
 * commands. Every word is a text of Vue's, never markup.
 */
import { computed, h, nextTick, onBeforeUnmount, onMounted, ref, resolveComponent, watch } from "vue";

const SPRITE = "svguse:/static/icons.svg#";
const NAMES = { Delete: "Del", Backspace: "Del", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };
const FIELDS = "input, textarea, select, [contenteditable=true]";
const OPEN = ".q-dialog, .q-menu, .fsf-popup, [role=dialog], [role=listbox]";

/** A key as the list of commands writes it: `Ctrl Shift Z`, `Alt ↑`, `R`, `?`. */
function chord(event) {
  const key = NAMES[event.key] ?? (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const shift = event.shiftKey && (key.length > 1 || key.toLowerCase() !== key);
  const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shift && "Shift"];
  return [...held, key].filter(Boolean).join(" ");
}

export default {
  props: {
    rows: { type: Array, required: true },
    keys: { type: Object, required: true },
    menus: { type: Object, required: true },
    readonly: { type: Boolean, default: false },
  },
  emits: ["choose", "command", "patch", "round"],
  setup(props, { emit, expose }) {
    const root = ref(null);
    const chosen = ref(new Set());
    const at = ref(null);
    const closed = ref(new Set());
    const lifted = ref([]);
    const marks = ref({});
    const said = ref("");
    const menu = ref(null);
    const still = ref(false);
    let anchor = null;
    let wanted = null;

    const byId = computed(() => new Map(props.rows.map((row) => [row.id, row])));
    const visible = computed(() => {
      const hidden = new Set();
      return props.rows.filter((row) => {
        const gone = row.parent && (hidden.has(row.parent) || closed.value.has(row.parent));
        if (gone) hidden.add(row.id);
        return !gone;
      });
    });
    const here = computed(() => (byId.value.has(at.value) ? at.value : visible.value[0]?.id));
    const line = (id) => root.value?.querySelector(`[data-line="${CSS.escape(id)}"]`);
    const inside = (node) => Boolean(root.value?.querySelector("[role=tree]")?.contains(node));

    function say(text) {
      said.value = said.value === text ? `${text}\u00a0` : text;
    }
    function set(next, quiet = false) {
      chosen.value = next;
      if (quiet) return;
      emit("choose", [...new Set(props.rows.filter((row) => next.has(row.box)).map((row) => row.box))]);
      if (next.size !== 1) say(next.size ? `${next.size} chosen` : "Nothing chosen");
    }
    async function go(id, focus = true) {
      at.value = id;
      await nextTick();
      if (focus) line(id)?.focus();
    }

    // ---- folding ------------------------------------------------------------------------------------------------
    const folded = new Map();
    watch(
      () => props.rows,
      (rows) => {
        const next = new Set(closed.value);
        for (const row of rows.filter((one) => one.kind === "group")) {
          if (folded.get(row.id) !== Boolean(row.folded)) row.folded ? next.add(row.id) : next.delete(row.id);
          folded.set(row.id, Boolean(row.folded));
        }
        closed.value = next;
      },
      { immediate: true },
    );
    function fold(row, shut = !closed.value.has(row.id)) {
      if (!row.opens || shut === closed.value.has(row.id)) return;
      if (row.kind === "group" && !locked()) return emit("command", { name: "fold", nodes: [row.box] });
      const next = new Set(closed.value);
      shut ? next.add(row.id) : next.delete(row.id);
      closed.value = next;
    }
    function reveal(row) {
      const next = new Set(closed.value);
      for (let up = byId.value.get(row.parent); up; up = byId.value.get(up.parent)) next.delete(up.id);
      if (next.size !== closed.value.size) closed.value = next;
    }
    const locked = () => props.readonly || still.value;

    // ---- choosing -----------------------------------------------------------------------------------------------
    function chooseOnly(row) {
      anchor = row.id;
      if (row.box && !(chosen.value.size === 1 && chosen.value.has(row.box))) set(new Set([row.box]));
    }
    function toggle(row) {
      if (!row.box) return;
      anchor = row.id;
      const next = new Set(chosen.value);
      next.has(row.box) ? next.delete(row.box) : next.add(row.box);
      set(next);
    }
    function chooseTo(row) {
      const ids = visible.value.map((one) => one.id);
      const from = Math.max(0, ids.indexOf(anchor ?? here.value));
      const to = ids.indexOf(row.id);
      const span = visible.value.slice(Math.min(from, to), Math.max(from, to) + 1);
      set(new Set(span.map((one) => one.box).filter(Boolean)));
    }
    /** What a command is about: all that is chosen where this line is among it, else this line. */
    function meant(row) {
      if (row?.kind === "way") return [row.place[0]];
      if (!row?.box) return [...chosen.value];
      if (!chosen.value.has(row.box)) chooseOnly(row);
      return props.rows.map((one) => one.box).filter((box, index, all) => chosen.value.has(box) && all.indexOf(box) === index);
    }
    /** Tell the page of a command; one that is about no box leaves what is chosen as it is. */
    function command(name, row, about = true) {
      const several = row?.kind !== "way" && chosen.value.size > 1 && chosen.value.has(row?.box);
      const way = row?.place && !several ? { from: row.place[0], way: row.place[1] } : null;
      emit("command", { name, nodes: about ? meant(row) : row?.box ? [row.box] : [...chosen.value], way });
    }

    // ---- the keyboard -------------------------------------------------------------------------------------------
    function step(by, extend) {
      const ids = visible.value.map((row) => row.id);
      const to = visible.value[ids.indexOf(here.value) + by];
      if (!to) return;
      if (extend && anchor === null) anchor = here.value;
      if (extend) chooseTo(to);
      else anchor = null;
      go(to.id);
    }
    function moved(event, row) {
      const lines = visible.value;
      switch (event.key) {
        case "ArrowDown": return step(1, event.shiftKey);
        case "ArrowUp": return step(-1, event.shiftKey);
        case "Home": return go(lines[0].id);
        case "End": return go(lines.at(-1).id);
        case "ArrowRight":
          if (row.opens && closed.value.has(row.id)) return fold(row, false);
          return row.opens ? step(1, false) : undefined;
        case "ArrowLeft":
          if (row.opens && !closed.value.has(row.id)) return fold(row, true);
          return row.parent ? go(row.parent) : undefined;
        case " ": return toggle(row);
        case "Escape": return set(new Set());
        case "Enter": return entered(row);
        case "ContextMenu": return openMenu(row);
        case "F10": return event.shiftKey ? openMenu(row) : false;
        case "PageDown": return turned(row, event.shiftKey ? "failed" : "next");
        case "PageUp": return turned(row, "back");
        default: return false;
      }
    }
    /** Go through the rounds of a loop: that of the line, the one around it, or the outermost. */
    function turned(row, to) {
      const rounds = (one) => marks.value[one.box]?.rounds;
      let loop = row;
      while (loop && !rounds(loop)) loop = byId.value.get(loop.parent);
      loop ??= props.rows.find(rounds);
      return loop ? emit("round", { node: loop.box, to }) : false;
    }
    function entered(row) {
      if (!row.box) return fold(row);
      if (chosen.value.size === 1 && chosen.value.has(row.box)) emit("command", { name: "open", nodes: [row.box] });
      else chooseOnly(row);
    }
    function all() {
      set(new Set(props.rows.map((row) => row.box).filter((box) => box && !/^(note|group):/.test(box))));
    }
    function keyed(event) {
      if (event.defaultPrevented || menu.value || event.target.closest?.(OPEN)) return;
      const within = inside(event.target);
      if (event.target.closest?.(FIELDS)) {
        if (event.key === "Escape" && event.target.closest(".fs-outline__panel")) back(event);
        return;
      }
      if (event.key === "Escape" && event.target.closest?.(".fs-outline__panel")) return back(event);
      const row = byId.value.get(within ? event.target.closest("[data-line]")?.dataset.line : here.value);
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (within && row && plain && !event.target.closest("button") && moved(event, row) !== false) return event.preventDefault();
      const held = chord(event);
      if (held === "Ctrl A" && within) {
        event.preventDefault();
        return all();
      }
      const known = props.keys[held];
      const elsewhere = !within && event.target !== document.body && !event.ctrlKey && !event.metaKey;
      if (!known || elsewhere || (still.value && known.writes)) return;
      if (known.name === "copy" && String(getSelection())) return;
      event.preventDefault();
      if (row?.kind === "way" && known.fewest) {
        const name = held === "Del" ? "cut_arrow" : known.name;
        if (props.menus.way.some((one) => one.name === name)) command(name, row);
      } else command(known.name, within || known.fewest ? row : null, known.fewest > 0);
    }
    function back(event) {
      if (document.querySelector(".q-menu, .q-dialog, .fsf-popup")) return;
      event.preventDefault();
      if (here.value) go(here.value);
    }
    function pasted(event) {
      if (locked() || event.target.closest?.(`${FIELDS}, ${OPEN}`)) return;
      const text = event.clipboardData?.getData("text/plain");
      if (!text) return;
      event.preventDefault();
      paste(text, byId.value.get(here.value));
    }
    function paste(text, row) {
      const after = row?.place && { from: row.place[0], way: row.place[1] };
      emit("patch", { ops: [{ op: "paste", text, ...(after ? { after } : {}) }] });
    }
    async function pasteBy(row) {
      try {
        paste(await navigator.clipboard.readText(), row);
      } catch {
        emit("command", { name: "paste_by_key", nodes: [] });
      }
    }

    // ---- the pointer --------------------------------------------------------------------------------------------
    function clicked(event, row) {
      if (event.target.closest("button")) return;
      go(row.id);
      if (event.shiftKey) chooseTo(row);
      else if (event.ctrlKey || event.metaKey) toggle(row);
      else if (!row.box) fold(row);
      else {
        chooseOnly(row);
        if (innerWidth <= 760) nextTick(() => document.querySelector(".fs-outline__panel")?.scrollIntoView());
      }
    }
    function openMenu(row) {
      const about = row.box && chosen.value.size > 1 && chosen.value.has(row.box) ? "several" : row.kind;
      if (!props.menus[about] || still.value) return;
      at.value = row.id;
      menu.value = { row, about, target: line(row.id).querySelector("[data-more]") };
    }
    function done(row, name) {
      menu.value = null;
      go(row.id);
      if (name === "toggle") toggle(row);
      else if (name === "paste") pasteBy(row);
      else command(name, row);
    }

    // ---- the keyboard comes back from dialogs ---------------------------------------------------------------------
    let ours = false;
    function focused(event) {
      if (!event.target.closest?.(OPEN)) ours = inside(event.target);
    }
    const dialogs = new MutationObserver(() => {
      const lost = document.activeElement === document.body && !document.querySelector(OPEN);
      if (ours && lost && here.value) go(here.value);
    });

    // ---- what the page asks for ---------------------------------------------------------------------------------
    async function select(ids) {
      await nextTick();
      set(new Set(ids), true);
      const row = props.rows.find((one) => one.box === ids[0]);
      wanted = ids.length && !row ? ids : null;
      if (!row) return;
      reveal(row);
      anchor = row.id;
      await go(row.id, !document.activeElement?.closest?.(`.fs-outline__panel :is(${FIELDS})`));
      line(row.id)?.scrollIntoView({ block: "nearest" });
    }
    watch(
      () => props.rows,
      async (now, before) => {
        const kept = new Set(now.map((row) => row.box));
        const left = [...chosen.value].filter((box) => kept.has(box));
        if (left.length !== chosen.value.size) set(new Set(left));
        if (wanted) return select(wanted);
        const had = inside(document.activeElement);
        if (!at.value || byId.value.has(at.value)) {
          await nextTick();
          if (had && document.activeElement === document.body) line(here.value)?.focus(); // a line that moves is let go
          return;
        }
        const index = before.findIndex((row) => row.id === at.value);
        const rest = before.slice(index).concat(before.slice(0, index).reverse());
        const next = rest.find((row) => byId.value.has(row.id))?.id ?? null;
        if (next) await go(next, had);
      },
    );
    expose({
      select,
      focus_node: (id) => select([id]),
      highlight: (ids) => (lifted.value = ids),
      set_readonly: (value) => (still.value = value),
      status: (status) => (marks.value = { ...marks.value, ...status.nodes }),
      clear_status: () => (marks.value = {}),
      say,
    });
    onMounted(() => {
      document.addEventListener("keydown", keyed);
      document.addEventListener("paste", pasted);
      document.addEventListener("focusin", focused);
      dialogs.observe(document.body, { childList: true });
    });
    onBeforeUnmount(() => {
      document.removeEventListener("keydown", keyed);
      document.removeEventListener("paste", pasted);
      document.removeEventListener("focusin", focused);
      dialogs.disconnect();
    });

    // ---- what is drawn ------------------------------------------------------------------------------------------
    const icon = (name, size) => h(resolveComponent("q-icon"), { name, size: `${size}px`, "aria-hidden": "true" });
    const tool = (symbol, label, current, onClick, more) =>
      h(
        "button",
        { type: "button", class: "fs-outline__tool", "aria-label": label, title: label, tabindex: current ? 0 : -1, onClick, ...more },
        icon(`${SPRITE}${symbol}`, 18),
      );

    function texts(row, mark) {
      const problem = row.problem;
      const parts = [
        row.word ? h("span", { class: "fs-outline__word fs-outline__word--phone" }, row.word) : null,
        h("span", { class: "fs-outline__name" }, row.name),
        row.line ? h("span", { class: "fs-caption" }, row.line) : null,
        row.led ? h("span", { class: "fs-caption fs-outline__led" }, [icon(`${SPRITE}corner-down-right`, 14), row.led]) : null,
        problem ? h("span", { class: "fs-cell-icon fs-warn fs-caption" }, [icon(`${SPRITE}alert-triangle`, 16), problem.text]) : null,
        mark?.line ? h("span", { class: "fs-outline__mark" }, mark.line) : null,
      ];
      return h("span", { class: "fs-outline__texts" }, parts.flatMap((one) => [one, " "]));
    }
    /** What is read out: all that is seen, in the same order, and a word where only colour and icon tell. */
    function told(row, mark) {
      return [row.label, row.problem?.text, mark?.line, row.problem && "Problem"].filter(Boolean).join(", ");
    }
    function drawn(row) {
      const current = row.id === here.value;
      const on = Boolean(row.box) && chosen.value.has(row.box);
      const shut = closed.value.has(row.id);
      const mark = row.box && marks.value[row.box];
      const adds = row.place && !locked();
      return h(
        "div",
        {
          key: row.id, role: "treeitem", tabindex: current ? 0 : -1, "data-line": row.id,
          "data-step": row.kind === "step" || row.kind === "trigger" ? row.id : undefined,
          "data-state": mark?.state, "aria-level": row.level, "aria-posinset": row.nth, "aria-setsize": row.of_all,
          "aria-expanded": row.opens ? String(!shut) : undefined, "aria-selected": row.box ? String(on) : undefined,
          "aria-label": told(row, mark),
          class: ["fs-outline__row", `fs-outline__row--${row.kind}`, on && "is-on", row.off && "is-off", lifted.value.includes(row.box) && "is-lifted"],
          style: { "--level": row.level - 1 },
          onClick: (event) => clicked(event, row),
          onContextmenu: (event) => (event.preventDefault(), openMenu(row)),
          onFocus: () => (at.value = row.id),
        },
        [
          row.opens
            ? h("span", { class: ["fs-outline__fold", shut && "is-shut"], onClick: (event) => (event.stopPropagation(), fold(row)) }, icon(`${SPRITE}chevron-down`, 16))
            : h("span", { class: "fs-outline__fold" }),
          row.tile ? h("span", { class: `fs-tile fs-tile--${row.tile}` }, icon(row.icon, 17)) : null,
          row.tile ? h("span", { class: "fs-outline__word" }, row.word) : null,
          " ",
          texts(row, mark),
          adds ? tool("plus", row.kind === "way" ? `Add a step to ${row.name} of ${row.of}` : `Add a step after ${row.name}`, current, () => command("add_after", row, false)) : null,
          props.menus[row.kind] && !still.value ? tool("dots", `More about ${row.name}`, current, () => openMenu(row), { "data-more": row.id, "aria-haspopup": "menu" }) : null,
        ],
      );
    }

    function entries() {
      const { row, about } = menu.value;
      const ticked = row.box && chosen.value.has(row.box) && chosen.value.size > 1;
      return props.menus[about].map((one) => {
        if (!one.name) return h(resolveComponent("q-separator"));
        const text = one.name === "toggle" && ticked ? "Choose no more" : one.text;
        return h(resolveComponent("q-item"), { clickable: true, role: "menuitem", onClick: () => done(row, one.name) }, () => [
          h(resolveComponent("q-item-section"), () => text),
          one.keys ? h(resolveComponent("q-item-section"), { side: true }, () => h("span", { class: "fs-kbd", "aria-hidden": "true" }, one.keys)) : null,
        ]);
      });
    }
    const items = () => [...document.querySelectorAll(".fs-outline__menu [role=menuitem]")];
    function inMenu(event) {
      const found = items();
      const now = found.indexOf(document.activeElement);
      const to = { ArrowDown: now + 1, ArrowUp: now < 0 ? found.length - 1 : now - 1, Home: 0, End: found.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      found[(to + found.length) % found.length].focus();
    }
    function drawnMenu() {
      if (!menu.value) return null;
      return h(
        resolveComponent("q-menu"),
        {
          modelValue: true, target: menu.value.target, noParentEvent: true, class: "fs-menu fs-outline__menu", role: "menu",
          "aria-label": `More about ${menu.value.row.name}`, transitionDuration: 0, anchor: "bottom right", self: "top right",
          onShow: () => items()[0]?.focus(),
          "onUpdate:modelValue": (open) => {
            if (open || !menu.value) return;
            const { row } = menu.value;
            menu.value = null;
            go(row.id);
          },
        },
        () => h("div", { onKeydown: inMenu }, entries()),
      );
    }

    return () =>
      h("div", { ref: root, class: "fs-outline__tree" }, [
        h("div", { role: "tree", "aria-label": "Steps", "aria-multiselectable": "true" }, visible.value.map(drawn)),
        h("div", { class: "fs-hidden-text", "aria-live": "polite" }, said.value),
        drawnMenu(),
      ]);
  },
};
