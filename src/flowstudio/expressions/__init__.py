"""The language of `{{ }}`: expressions, templates, conditions; data in, data out, bounded, without side effects.

`compile_expression(text).evaluate(ctx)` gives a value, `compile_template(setting).render(ctx)` fills a setting in,
`compile_condition(tree).test(ctx)` answers and `.evaluate(ctx)` shows why. A context is
`EvalContext(scope, now, zone)`; the scope says where names come from. Lookups see JSON data only, nothing of Python.
"""

from __future__ import annotations

from flowstudio.expressions.capitals import in_capitals
from flowstudio.expressions.comparing import order, same, truthy
from flowstudio.expressions.condition_paths import (
    comparisons_of,
    fields_of_condition,
    paths_of_condition,
    rename_in_condition,
)
from flowstudio.expressions.condition_text import condition_from_text
from flowstudio.expressions.conditions import Condition, Row, Verdict, compile_condition, fill_values
from flowstudio.expressions.context import EvalContext
from flowstudio.expressions.foregone import Foregone, foregone
from flowstudio.expressions.functions import FUNCTIONS, Function
from flowstudio.expressions.moments import Moment, compare_moments, now_text, read_moment
from flowstudio.expressions.normalise import normalise
from flowstudio.expressions.numeric import as_number, round_half_even
from flowstudio.expressions.operators import OPERATORS, Operator, find_operator
from flowstudio.expressions.parse import Expression, Template, compile_expression, compile_template
from flowstudio.expressions.paths import PLAIN, Path, below, paths_of, rename_in, rename_root
from flowstudio.expressions.printing import print_value
from flowstudio.expressions.scope import DictScope, RecordNeeded, Scope
from flowstudio.expressions.sentences import ALWAYS, near_miss, path_words, row_text, sentence, value_text

__all__ = [
    "ALWAYS",
    "FUNCTIONS",
    "OPERATORS",
    "PLAIN",
    "Condition",
    "DictScope",
    "EvalContext",
    "Expression",
    "Foregone",
    "Function",
    "Moment",
    "Operator",
    "Path",
    "RecordNeeded",
    "Row",
    "Scope",
    "Template",
    "Verdict",
    "as_number",
    "below",
    "compare_moments",
    "comparisons_of",
    "compile_condition",
    "compile_expression",
    "compile_template",
    "condition_from_text",
    "fields_of_condition",
    "fill_values",
    "find_operator",
    "foregone",
    "in_capitals",
    "near_miss",
    "normalise",
    "now_text",
    "order",
    "path_words",
    "paths_of",
    "paths_of_condition",
    "print_value",
    "read_moment",
    "rename_in",
    "rename_in_condition",
    "rename_root",
    "round_half_even",
    "row_text",
    "same",
    "sentence",
    "truthy",
    "value_text",
]
