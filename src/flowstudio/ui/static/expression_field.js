export { ExpressionField as default } from "flowstudio-canvas";
