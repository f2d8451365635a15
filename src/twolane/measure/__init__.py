"""The measurements of this machine and their reports: models against each other, two lanes against one.

Why it is so: docs/why/measuring.md.
"""
