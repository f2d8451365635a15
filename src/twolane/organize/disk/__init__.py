"""What touches files of people: wherever a step is cut off, the file is whole at one of two places."""
