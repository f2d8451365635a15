"""The tiers of the cascade, cheapest first, one a file."""
