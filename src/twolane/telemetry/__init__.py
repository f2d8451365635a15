"""What both lanes do, observed from outside: metrics, logs with one id, and spans.

Why it is so: docs/why/telemetry.md.
"""
