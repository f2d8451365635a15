"""Watching folders: what changes in them, which files are whole by then, and how each folder stands."""
