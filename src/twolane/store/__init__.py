"""The catalogue and the index, on SQLite or PostgreSQL.

Why it is so: docs/why/store.md.
"""
