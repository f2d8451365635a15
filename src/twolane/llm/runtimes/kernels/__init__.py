"""Kernels: the arithmetic of llama.cpp, compiled for the processor that is here."""
