"""Lane one: every file gets its category.

Why it is so: docs/why/filing.md.
"""
