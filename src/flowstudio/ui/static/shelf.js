/**
 * The table of workflows as one element: rows and columns come down by props; what a person does goes up by events.
 * Choosing, moving about by keyboard and dragging happen here, so that they answer at once.
 * Every word is a text of Vue's, never markup: what people call their workflows cannot become part of the page.
 */
import { computed, h, nextTick, onBeforeUnmount, onMounted, ref, resolveComponent, watch } from "vue";

const OWN = "a, button, input, label, .q-toggle, .q-menu";
const KIND = "application/x-flowstudio-workflows";
const FOLDER = "application/x-flowstudio-folder";
const KEYS = { Delete: "delete", m: "move", t: "tag" };
const FOLDER_KEYS = { Delete: "delete", m: "move", F2: "rename" };

export default {
  props: {
    label: { type: String, required: true },
    columns: { type: Array, required: true },
    rows: { type: Array, required: true },
    deeds: { type: Array, required: true },
    readonly: { type: Boolean, default: false },
  },
  emits: ["choose", "toggle", "deed", "sort", "drop", "key", "dropFolder", "folderKey"],
  setup(props, { emit, expose }) {
    const root = ref(null);
    const chosen = ref(new Set());
    let anchor = null;
    let over = null;

    const ids = computed(() => props.rows.map((row) => row.id));
    const tell = () => emit("choose", ids.value.filter((id) => chosen.value.has(id)));

    function set(next) {
      chosen.value = next;
      tell();
    }

    /** Choose one more, or with Shift all between the last one and this one. */
    function choose(id, on, range) {
      const next = new Set(chosen.value);
      const from = ids.value.indexOf(anchor);
      const to = ids.value.indexOf(id);
      const span = range && from >= 0 ? ids.value.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
      for (const one of span) on ? next.add(one) : next.delete(one);
      anchor = id;
      set(next);
    }

    const all = (on) => set(new Set(on ? ids.value : []));

    watch(ids, (now) => {
      const left = [...chosen.value].filter((id) => now.includes(id));
      if (left.length !== chosen.value.size) set(new Set(left));
    });

    const line = (id) => root.value?.querySelector(`[data-workflow="${CSS.escape(id)}"] a`);

    function keyed(event) {
      const row = event.target.closest("tr[data-workflow]");
      if (event.target.closest(".q-menu") || event.altKey) return;
      const at = row ? ids.value.indexOf(row.dataset.workflow) : -1;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        const to = ids.value[at + (event.key === "ArrowDown" ? 1 : -1)];
        if (to === undefined) return;
        event.preventDefault();
        if (event.shiftKey && at >= 0) {
          if (!chosen.value.has(ids.value[at])) choose(ids.value[at], true, false);
          choose(to, true, true);
        }
        nextTick(() => line(to)?.focus());
      } else if (event.key === " " && event.target.matches("a")) {
        event.preventDefault();
        choose(row.dataset.workflow, !chosen.value.has(row.dataset.workflow), event.shiftKey);
      } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        all(true);
      } else if (event.key === "Escape" && chosen.value.size) {
        all(false);
      } else if (KEYS[event.key] && !event.ctrlKey && !event.metaKey && !props.readonly) {
        if (!chosen.value.size && at >= 0) choose(ids.value[at], true, false);
        if (chosen.value.size) {
          event.preventDefault();
          emit("key", KEYS[event.key]);
        }
      }
    }

    /** The whole row does what its name does; Ctrl or Cmd chooses it, Shift chooses up to it. */
    function clicked(event) {
      const row = event.target.closest("tr[data-workflow]");
      if (!row) return;
      const many = event.ctrlKey || event.metaKey || event.shiftKey;
      if (many && !event.target.closest("button, input, label, .q-toggle")) {
        event.preventDefault();
        getSelection().removeAllRanges();
        choose(row.dataset.workflow, event.shiftKey || !chosen.value.has(row.dataset.workflow), event.shiftKey);
      } else if (!event.target.closest(OWN) && !String(getSelection())) {
        row.querySelector("a").click();
      }
    }

    function dragged(event) {
      const row = event.target.closest?.("tr[data-workflow]");
      if (!row || props.readonly) return;
      const id = row.dataset.workflow;
      const taken = chosen.value.has(id) ? ids.value.filter((one) => chosen.value.has(one)) : [id];
      const words = taken.length === 1 ? row.querySelector("a").textContent : `${taken.length} workflows`;
      drag(event, KIND, JSON.stringify(taken), words, "fs-is-dragging");
    }

    function drag(event, kind, data, words, mode) {
      event.dataTransfer.setData(kind, data);
      event.dataTransfer.effectAllowed = "move";
      const picture = document.createElement("div");
      picture.className = "fs-shelf__dragged";
      picture.textContent = words;
      document.body.append(picture);
      event.dataTransfer.setDragImage(picture, -8, -8);
      setTimeout(() => picture.remove());
      document.body.classList.add(mode);
    }

    const SIDE = ".fs-shelf-side__line";
    /** Where what is dragged may be dropped: workflows on folders, a folder on another or on all workflows. */
    function target(event) {
      const types = event.dataTransfer?.types ?? [];
      if (types.includes(KIND)) return event.target.closest?.(`${SIDE}[data-folder]`);
      return types.includes(FOLDER) ? event.target.closest?.(`${SIDE}[data-above]`) : null;
    }
    function mark(place) {
      if (over === place) return;
      over?.classList.remove("is-over");
      place?.classList.add("is-over");
      over = place;
    }

    /** The list of folders by keyboard: arrows go and open, the letters are those of the rows. */
    function keyedBeside(event, place) {
      const places = [...place.parentElement.querySelectorAll(".fs-shelf-side__go")].filter((one) => one.checkVisibility());
      const next = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const fold = place.querySelector("[data-fold]");
      const turns = { ArrowRight: "false", ArrowLeft: "true" }[event.key];
      if (next) places[places.indexOf(place.querySelector(".fs-shelf-side__go")) + next]?.focus();
      else if (turns && fold?.getAttribute("aria-expanded") === turns) emit("folderKey", { deed: "fold", id: place.dataset.folder });
      else if (FOLDER_KEYS[event.key] && place.draggable) emit("folderKey", { deed: FOLDER_KEYS[event.key], id: place.dataset.folder });
      else return;
      event.preventDefault();
    }

    /** The list beside the rows is drawn anew after each deed: the keyboard stays on the place where it was. */
    let held = null;
    const redrawn = new MutationObserver(() => {
      if (!held || held.element.isConnected || document.activeElement !== document.body) return;
      const place = document.querySelector(`${SIDE}[data-place="${CSS.escape(held.place)}"]`);
      (place?.querySelector(held.part) ?? place?.querySelector(".fs-shelf-side__go"))?.focus();
    });

    const listeners = {
      focusin({ target: element }) {
        const place = element.closest?.(SIDE)?.dataset.place;
        const part = ["[data-fold]", ".fs-shelf-side__more"].find((one) => element.matches(one)) ?? ".fs-shelf-side__go";
        held = place ? { element, place, part } : null;
      },
      focusout({ target: element }) {
        setTimeout(() => {
          if (held?.element === element && element.isConnected && document.activeElement !== element) held = null;
        });
      },
      dragstart(event) {
        const place = event.target.closest?.(`${SIDE}[draggable=true]`);
        if (place) drag(event, FOLDER, place.dataset.folder, place.querySelector(".fs-ellipsis").textContent, "fs-is-sorting");
      },
      dragover(event) {
        const place = target(event);
        mark(place);
        if (place) event.preventDefault();
      },
      drop(event) {
        const place = target(event);
        mark(null);
        if (!place) return;
        event.preventDefault();
        const id = event.dataTransfer.getData(FOLDER);
        if (id) emit("dropFolder", { id, above: place.dataset.above });
        else emit("drop", { ids: JSON.parse(event.dataTransfer.getData(KIND)), folder: place.dataset.folder });
      },
      dragend() {
        mark(null);
        document.body.classList.remove("fs-is-dragging", "fs-is-sorting");
      },
      keydown(event) {
        const writes = event.target.closest("input, textarea, [contenteditable=true], .q-dialog, .q-menu");
        if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
        const place = event.target.closest(SIDE);
        if (place) return keyedBeside(event, place);
        if (event.key !== "/") return;
        event.preventDefault();
        document.querySelector("input[data-shelf-search]")?.focus();
      },
    };
    onMounted(() => {
      Object.entries(listeners).forEach(([name, hear]) => document.addEventListener(name, hear));
      redrawn.observe(root.value.closest(".fs-shelf-page"), { childList: true, subtree: true });
    });
    onBeforeUnmount(() => {
      Object.entries(listeners).forEach(([name, hear]) => document.removeEventListener(name, hear));
      redrawn.disconnect();
    });
    expose({ chooseNone: () => all(false) });

    const icon = (name, size) => h(resolveComponent("q-icon"), { name, size: `${size}px`, "aria-hidden": "true" });

    function bars(cell) {
      const most = Math.max(1, ...cell.bars.map(([total]) => total));
      const shapes = cell.bars.flatMap(([total, failed], at) => {
        if (!total) return [h("rect", { x: at * 7, y: 20, width: 5, height: 1.5, fill: "var(--fs-line-2)" })];
        const high = Math.max(4, Math.round((22 * total) / most));
        const bad = failed ? Math.max(3, Math.round((high * failed) / total)) : 0;
        const good = h("rect", { x: at * 7, y: 22 - high, width: 5, height: high - bad, rx: 1, fill: "var(--fs-ok)", opacity: 0.5 });
        return bad ? [good, h("rect", { x: at * 7, y: 22 - bad, width: 5, height: bad, rx: 1, fill: "var(--fs-bad)" })] : [good];
      });
      return h("svg", { width: cell.bars.length * 7, height: 22, role: "img", "aria-label": cell.text }, shapes);
    }

    function inside(cell) {
      if (cell.bars) return bars(cell);
      const parts = [];
      if (cell.tile) parts.push(h("span", { class: `fs-tile fs-tile--tint fs-tile--${cell.tile}` }, icon(cell.icon, 17)));
      else if (cell.icon && !cell.chip) parts.push(h("span", { class: `fs-${cell.colour} fs-shelf__mark` }, icon(cell.icon, 16)));
      const words = cell.chip
        ? h("span", { class: `fs-chip fs-chip--${cell.chip}` }, cell.text)
        : h("span", { class: ["fs-ellipsis", cell.quiet && "fs-text-2", cell.bad && "fs-bad"] }, cell.text);
      parts.push(cell.under ? h("span", { class: "fs-stack" }, [words, h("span", { class: "fs-caption" }, cell.under)]) : words);
      return h("div", { class: "fs-cell-icon" }, parts);
    }

    function named(row) {
      const under = row.tags.map((tag) => h("span", { class: `fs-chip fs-chip--${tag.colour} fs-shelf__tag` }, tag.name));
      under.push(h("span", { class: "fs-shelf__phone" }, row.cells.status.text));
      if (row.folder) under.push(h("span", { class: "fs-shelf__folder" }, row.folder));
      if (row.where) under.push(h("span", { class: "fs-shelf__where" }, row.where));
      if (row.about && !row.where) under.push(h("span", { class: row.warn ? "fs-warn" : undefined, title: row.about }, row.about));
      return [
        h("div", { class: "fs-shelf__line" }, h("a", { class: "fs-row__name fs-ellipsis", href: row.href, draggable: "false" }, row.name)),
        h("div", { class: "fs-caption fs-shelf__under" }, under),
      ];
    }

    function menu(row) {
      const item = (deed) =>
        h(
          resolveComponent("q-item"),
          { clickable: true, role: "menuitem", onClick: () => emit("deed", { deed: deed.key, id: row.id }) },
          () => h(resolveComponent("q-item-section"), () => deed.text),
        );
      return h(
        resolveComponent("q-btn"),
        {
          unelevated: true, noCaps: true, ripple: false, class: "fs-btn fs-btn--quiet fs-btn--icon",
          icon: "svguse:/static/icons.svg#dots", "aria-label": `More about ${row.name}`,
        },
        () => h(resolveComponent("q-menu"), { class: "fs-menu", autoClose: true, role: "menu" }, () => props.deeds.map(item)),
      );
    }

    let shifted = false;
    const tick = (label, on, act, some = false) =>
      h("label", { class: "fs-shelf__tick", onClick: (event) => (shifted = event.shiftKey) }, [
        h("input", { type: "checkbox", checked: on, indeterminate: some, "aria-label": label, onChange: () => act(shifted) }),
      ]);

    function heading(column) {
      const direction = { up: "ascending", down: "descending" }[column.sorted];
      const words = column.sort
        ? h("button", { type: "button", class: "fs-shelf__sort", onClick: () => emit("sort", column.key) }, [
            column.title,
            column.sorted ? icon(`svguse:/static/icons.svg#arrow-${column.sorted}`, 14) : null,
          ])
        : column.title;
      return h("th", { scope: "col", class: [`fs-shelf__${column.key}`, column.figure && "fs-num"], "aria-sort": direction }, words);
    }

    function body(row) {
      const on = chosen.value.has(row.id);
      return h(
        "tr",
        { key: row.id, class: ["fs-row--link", on && "is-chosen"], "data-workflow": row.id, draggable: props.readonly ? undefined : "true" },
        [
          h("td", { class: "fs-shelf__tick-cell" }, tick(`Choose ${row.name}`, on, (range) => choose(row.id, !on, range))),
          h("td", { class: "fs-shelf__switch" }, h(resolveComponent("q-toggle"), {
            modelValue: row.on, dense: true, disable: props.readonly, "aria-label": `Switch ${row.name} on or off`,
            "onUpdate:modelValue": (value) => emit("toggle", { id: row.id, on: value }),
          })),
          h("td", { class: "fs-shelf__name" }, named(row)),
          ...props.columns.slice(1).map((column) =>
            h("td", { class: [`fs-shelf__${column.key}`, column.figure && "fs-num"] }, inside(row.cells[column.key]))),
          h("td", { class: "fs-shelf__menu" }, menu(row)),
        ],
      );
    }

    return () => {
      const number = chosen.value.size;
      const every = number > 0 && number === props.rows.length;
      const hidden = (text) => h("span", { class: "fs-hidden-text" }, text);
      return h("table", { ref: root, class: "fs-table fs-shelf", "aria-label": props.label, onClick: clicked, onKeydown: keyed, onDragstart: dragged }, [
        h("thead", h("tr", [
          h("th", { scope: "col", class: "fs-shelf__tick-cell" }, [hidden("Chosen"), tick("Choose all that are shown", every, () => all(!every), number > 0 && !every)]),
          h("th", { scope: "col", class: "fs-shelf__switch" }, hidden("Switch")),
          ...props.columns.map(heading),
          h("th", { scope: "col", class: "fs-shelf__menu" }, hidden("More")),
        ])),
        h("tbody", props.rows.map(body)),
      ]);
    };
  },
};
