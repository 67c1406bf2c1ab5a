"""What the author of a node type imports, and the ports through which the engine reaches the world.

One node type = one file under `flowstudio.nodes`: a closed settings model, an output model, and a class with its title,
icon, docstring and `run` (an action) or `decide` (a flow node). Everything else derives from these.
"""

from flowstudio.kit.context import RunContext
from flowstudio.kit.decisions import Ask, Await, Call, Decision, Each, Finish, Go, Respond, Sleep
from flowstudio.kit.nodes import Action, FlowNode, NodeType, Preview, TriggerType, Way
from flowstudio.kit.own_actions import register_action
from flowstudio.kit.registry import Registry
from flowstudio.kit.settings import Config, Output, Setting, setting, settings_of

__all__ = [
    "Action", "Ask", "Await", "Call", "Config", "Decision", "Each", "Finish", "FlowNode", "Go", "NodeType", "Output",
    "Preview", "Registry", "Respond", "RunContext", "Setting", "Sleep", "TriggerType", "Way", "register_action",
    "setting", "settings_of",
]  # fmt: skip
