"""All that a machine without a network needs, in one folder, made on one that has a network."""
