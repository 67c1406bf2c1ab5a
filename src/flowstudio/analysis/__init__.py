"""What a workflow knows about itself: checks, the types of its variables, plain English, and what changed in it.

All of it is static: nothing runs, nothing is fetched. What it needs of the workspace is handed in as `Facts`.
"""

from flowstudio.analysis.checks import check
from flowstudio.analysis.difference import Change, Difference, changed_parts, difference
from flowstudio.analysis.explain import Explanation, explain
from flowstudio.analysis.facts import Facts, MemoryFacts
from flowstudio.analysis.run_story import RunStory, explain_run
from flowstudio.analysis.types.picker import VariableGroup, variables_at

__all__ = [
    "Change", "Difference", "Explanation", "Facts", "MemoryFacts", "RunStory", "VariableGroup", "changed_parts",
    "check", "difference", "explain", "explain_run", "variables_at",
]  # fmt: skip
