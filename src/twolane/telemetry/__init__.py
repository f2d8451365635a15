"""Watching both lanes from outside: metrics, logs with one id, spans, and the live view of the terminal.

Why it is so: docs/why/telemetry.md.
"""
