"""What both stores keep alike, a module for each noun."""
