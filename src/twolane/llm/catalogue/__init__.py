"""What is known of models: where their files come from, and how they are fetched and verified."""
