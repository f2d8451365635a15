"""What a question asks for: the part of the library that it means, and what is to be done with it."""
