"""What differs between systems: what only some of them have, each in one place, with what stands in for it.

Which calls these are and where each may stand is a table in tests/unit/test_system_calls.py. What never ran
on a real machine: docs/platforms.md.
"""
