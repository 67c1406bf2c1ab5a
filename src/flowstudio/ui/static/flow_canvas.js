export { FlowCanvas as default } from "flowstudio-canvas";
