// The form widgets that pages use through Python elements.
import "./style.css";

export { default as ConditionBuilder } from "./condition/ConditionBuilder.vue";
export { default as ExpressionField } from "./ExpressionField.vue";
export { default as FieldsEditor } from "./FieldsEditor.vue";
export { default as FormScope } from "./FormScope.vue";
export { default as ListEditor } from "./ListEditor.vue";
export { default as ScheduleField } from "./ScheduleField.vue";
export { default as ValueField } from "./ValueField.vue";
