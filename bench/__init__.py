"""Measurements of twolane itself on this machine: how it scales and what it survives."""
