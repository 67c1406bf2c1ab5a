export { ListEditor as default } from "flowstudio-canvas";
