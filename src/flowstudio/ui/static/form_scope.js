export { FormScope as default } from "flowstudio-canvas";
