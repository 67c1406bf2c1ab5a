// What the bundle gives to NiceGUI: the canvas and the form widgets.
export { default as FlowCanvas } from "./canvas/FlowCanvas.vue";
export { default as EntryKeeper } from "./canvas/EntryKeeper.vue";
export * from "./forms/index.js";
