"""The full text index, alike in every store: stems of passages in segments that never change."""
