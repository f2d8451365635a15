"""What is drawn out of a document: the values of its fields, cheapest source first."""
