"""The shape of a workflow: order, reachability, loop bodies, circles, and where its boxes stand on the canvas.

Knows the domain and nothing above it; networkx lives only here. What a node's ways out are is told by the caller.
"""

from flowstudio.graph.layout import layout
from flowstudio.graph.placing import place_after
from flowstudio.graph.plan import Shape, WaysOf
from flowstudio.graph.sizes import Direction

__all__ = ["Direction", "Shape", "WaysOf", "layout", "place_after"]
