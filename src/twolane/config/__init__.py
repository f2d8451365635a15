"""Settings: one frozen tree, and the only reader of settings files and the environment.

Why it is so: docs/why/house.md.
"""
