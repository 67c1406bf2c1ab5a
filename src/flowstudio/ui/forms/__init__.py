"""Config model → form: the fields of our bundle, and the builder that makes a form from a node type's settings."""

from flowstudio.ui.forms.build import Form, render_form
from flowstudio.ui.forms.condition_builder import ConditionBuilder
from flowstudio.ui.forms.context import FormContext
from flowstudio.ui.forms.expression_field import ExpressionField
from flowstudio.ui.forms.field import FormField
from flowstudio.ui.forms.fields_editor import FieldsEditor
from flowstudio.ui.forms.form_scope import FormScope
from flowstudio.ui.forms.formatters import FORMATTERS
from flowstudio.ui.forms.list_editor import ListEditor
from flowstudio.ui.forms.schedule_field import ScheduleField
from flowstudio.ui.forms.value_field import ValueField
from flowstudio.ui.forms.verdicts import verdicts_of

__all__ = [
    "FORMATTERS", "ConditionBuilder", "ExpressionField", "FieldsEditor", "Form", "FormContext", "FormField",
    "FormScope", "ListEditor", "ScheduleField", "ValueField", "render_form", "verdicts_of",
]  # fmt: skip
