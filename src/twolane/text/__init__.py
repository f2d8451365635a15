"""The parts of a text: its words, their stems and language, its terms in the index, and its tokens.

Why it is so: docs/why/chat.md.
"""
