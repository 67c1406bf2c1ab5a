export { ConditionBuilder as default } from "flowstudio-canvas";
