"""A twolane that serves elsewhere, asked over its API: it answers in the values of a library here."""
