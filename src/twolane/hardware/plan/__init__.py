"""What models take of the machine, and which pair suits it."""
