"""What other programs keep of documents, taken over as files, decisions and fields of the library."""
