/**
 * A list as one element: columns and rows come down by props, the row that a person opens goes up by `open`.
 * Every word is a text of Vue's, never markup: what stands in a record cannot become part of the page.
 */
import { h, resolveComponent } from "vue";

const OWN = "a, button";

export default {
  props: {
    label: { type: String, required: true },
    columns: { type: Array, required: true },
    rows: { type: Array, required: true },
    mark: { type: String, required: true },
    opens: { type: Boolean, default: false },
  },
  emits: ["open"],
  setup(props, { emit }) {
    const icon = (name, size) =>
      h(resolveComponent("q-icon"), { name, size: `${size}px`, "aria-hidden": "true" });

    function inside(cell, row, first) {
      const parts = [];
      if (cell.tile) {
        parts.push(h("span", { class: `fs-tile fs-tile--tint fs-tile--${cell.tile}` }, icon(cell.icon, 17)));
      }
      if (cell.chip) {
        parts.push(h("span", { class: `fs-chip fs-chip--${cell.chip}` }, [icon(cell.icon, 14), cell.text]));
      } else if (first && row.href) {
        parts.push(h("a", { class: "fs-row__main fs-row__name fs-ellipsis", href: row.href }, cell.text));
      } else if (first && props.opens) {
        const open = { type: "button", class: "fs-row__main fs-row__open fs-ellipsis", onClick: () => emit("open", row.id) };
        parts.push(h("button", open, cell.text || "Open"));
      } else {
        parts.push(h("span", { class: cell.quiet ? "fs-caption" : first ? "fs-row__name fs-ellipsis" : undefined }, cell.text));
      }
      return cell.tile ? h("div", { class: "fs-cell-icon" }, parts) : parts;
    }

    /** The whole row does what its first cell does; with Ctrl, Shift or Cmd a link opens beside, as links do. */
    function clicked(event) {
      const line = event.target.closest("tbody tr");
      if (!line || event.target.closest(OWN) || String(getSelection())) return;
      const { ctrlKey, metaKey, shiftKey } = event;
      line.querySelector(OWN)?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }));
    }

    const classes = (column) => [column.figure && "fs-num", column.since && `fs-from-${column.since}`];
    const heading = (column) => h("th", { scope: "col", class: classes(column), style: { width: column.width } }, column.title);
    const line = (row) =>
      h(
        "tr",
        { key: row.id, class: (row.href || props.opens) && "fs-row--link", [`data-${props.mark}`]: row.id },
        row.cells.map((cell, at) => h("td", { class: classes(props.columns[at]) }, inside(cell, row, at === 0))),
      );
    return () =>
      h("table", { class: ["fs-table fs-table--rows", props.columns.some((one) => one.width) && "fs-table--fixed"], "aria-label": props.label, onClick: clicked }, [
        h("thead", h("tr", props.columns.map(heading))),
        h("tbody", props.rows.map(line)),
      ]);
  },
};
