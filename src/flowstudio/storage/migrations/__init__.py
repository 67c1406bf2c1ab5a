"""The history of the schema: one file per change, each with its way back."""
