"""Jobs: what one is, what runs it, and what wakes those who run it.

Why it is so: docs/why/jobs.md.
"""
