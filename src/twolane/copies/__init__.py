"""Documents that are the same text, nearly the same, or versions of each other."""
