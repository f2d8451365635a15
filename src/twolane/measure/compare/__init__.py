"""Models against each other on this machine."""
