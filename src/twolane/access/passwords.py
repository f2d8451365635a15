"""Passwords of users, kept as argon2 makes them: a thief of the library must try each guess for a moment."""

from __future__ import annotations

import argon2

from twolane.errors import SettingsError

LEAST_CHARS = 10
MOST_CHARS = 1000
_HASHER = argon2.PasswordHasher()


def hashed(password: str) -> str:
    """Return a password as it is kept. Raises `SettingsError` where it is too short or too long."""
    if not LEAST_CHARS <= len(password) <= MOST_CHARS:
        raise SettingsError(
            f"a password has {LEAST_CHARS} to {MOST_CHARS} characters",
            "take a longer one, such as some words that only you put together",
        )
    return _HASHER.hash(password)


def is_password(kept: str, password: str) -> bool:
    """Say whether a password is the one that is kept; "" is none."""
    try:
        return bool(kept) and _HASHER.verify(kept, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


def is_weak(kept: str) -> bool:
    """Say whether a kept password was made with less effort than new ones are, and should be made anew."""
    return _HASHER.check_needs_rehash(kept)
