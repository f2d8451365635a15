"""Lane two: answers over the files, with citations.

Why it is so: docs/why/chat.md.
"""
