"""Whose turn it is on one machine: an answer goes first, and filing gets its share.

Why it is so: docs/why/turns.md.
"""
