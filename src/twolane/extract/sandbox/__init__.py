"""The confined child process in which files are parsed, and the pool of such children."""
