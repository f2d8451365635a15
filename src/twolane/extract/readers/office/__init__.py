"""Word, PowerPoint and their like: DOCX, PPTX, OpenDocument, RTF, and the formats before them."""
