"""Node types: one file each, found by the registry. Nothing else is touched when one is added.

`triggers` start runs, `flow` nodes decide where a run goes on, `actions` do something; a folder below `actions` is a
category of the palette. A node type imports `flowstudio.kit` and what lies below it, never another node type.
"""
