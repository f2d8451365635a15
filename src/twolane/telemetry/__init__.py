"""Watching both lanes from outside: metrics, logs with one id, spans, and the live view of the terminal."""
