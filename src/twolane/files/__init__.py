"""How files come into a library, and where their content lies.

Why it is so: docs/why/files.md.
"""
