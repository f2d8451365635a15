"""Mailboxes that new mails are taken from, and never changed.

Why it is so: docs/why/files.md#a-mailbox-is-only-read.
"""
