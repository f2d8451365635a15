"""MCP: the library as tools for programs with a model of their own, over stdio and over HTTP.

Why it is so: docs/why/serving.md#tools-are-plain-generators-and-the-sdk-stands-in-one-file.
"""
