// What the bundle gives to NiceGUI: the canvas and the form widgets.
export { default as FlowCanvas } from "./canvas/FlowCanvas.vue";
export * from "./forms/index.js";
