"""Breaks a running twolane on purpose, and tells what its users saw, what was lost and how long it took."""
