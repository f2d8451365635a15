"""What a lane is, whether the pair of lanes fits the machine, and how all stands.

Why it is so: docs/why/turns.md.
"""
