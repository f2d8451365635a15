"""The nouns that both stores share, a module for each."""
