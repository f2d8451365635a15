"""The command line: parse, call, print.

Why it is so: docs/why/serving.md.
"""
