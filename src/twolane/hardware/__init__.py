"""What the machine is, and which pair of models suits it."""
