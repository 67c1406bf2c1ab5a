/** One icon of the sprite, in the colour of the text around it. */
import { h } from "vue";

const SPRITE = "/static/icons.svg";

export default function Icon(props) {
  return h(
    "svg",
    { class: "fs-ico", width: props.size ?? 18, height: props.size ?? 18, "aria-hidden": "true", focusable: "false" },
    [h("use", { href: `${SPRITE}#${props.name}` })],
  );
}
Icon.props = ["name", "size"];
