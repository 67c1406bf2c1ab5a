export { ValueField as default } from "flowstudio-canvas";
