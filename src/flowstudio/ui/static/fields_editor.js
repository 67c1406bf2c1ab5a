export { FieldsEditor as default } from "flowstudio-canvas";
