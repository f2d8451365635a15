"""What the machine is, and which pair of models suits it.

Why it is so: docs/why/hardware.md.
"""
