"""What runs a model: the embedded llama.cpp and ONNX, Ollama, and any OpenAI-compatible server."""
