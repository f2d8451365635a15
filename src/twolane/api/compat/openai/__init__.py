"""OpenAI's API over the user's files: chat completions, responses, models and embeddings."""
