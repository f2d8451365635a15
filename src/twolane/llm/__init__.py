"""Models: what a lane may ask of one, and what runs and serves it.

Why it is so: docs/why/models.md.
"""
