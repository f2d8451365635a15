"""Files in order: where each belongs, what brings it there, and how it comes back."""
