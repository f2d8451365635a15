"""Pictures, and the words that OCR finds in them."""
