"""Editing a workflow: operations on the document, one history, and the session that people and tabs share."""
