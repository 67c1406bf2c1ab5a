export { ScheduleField as default } from "flowstudio-canvas";
