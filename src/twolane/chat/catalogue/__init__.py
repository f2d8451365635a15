"""Answers from the catalogue: what is counted, listed, added up and compared without a model."""
