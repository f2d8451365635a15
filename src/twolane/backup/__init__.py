"""Backups: a library in one file, checked when it is written and before it is read.

Why it is so: docs/why/store.md#a-backup-is-one-sealed-file
"""
