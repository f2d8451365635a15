"""A few of the sequences that `python -m chaos sequences` tries by the hundred."""

from __future__ import annotations

from chaos.sequences import Sequences, bounds

TestSequences = Sequences.TestCase
TestSequences.settings = bounds(examples=20, steps=25)
