"""FlowStudio: a workflow builder for business users."""

__version__ = "0.1.0"
