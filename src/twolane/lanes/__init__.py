"""The two lanes: their settings filled in, whether both fit the machine, and snapshots of their state.

Why it is so: docs/why/turns.md.
"""
