export { EntryKeeper as default } from "flowstudio-canvas";
