"""What is written in tags: HTML, EPUB and XML."""
