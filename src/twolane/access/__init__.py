"""Who may come in from elsewhere: tokens, and what each gives a right to.

Why it is so: docs/why/serving.md#a-token-gives-one-right-and-takes-all-others.
"""
