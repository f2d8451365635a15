"""What filing costs beside other programs, without vectors, with a small model, and in a large library."""
