"""The commands that change something: set, undo, invoke, and the journal."""
