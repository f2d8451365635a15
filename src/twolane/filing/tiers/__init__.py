"""The tiers of the cascade, one a module."""
