"""Where models are kept: an Ollama server, another model server, or twolane's own folder."""
