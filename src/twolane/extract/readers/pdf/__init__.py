"""PDF: its pages, what stands beside their text, and the files that go along with them."""
