"""Taking files out of the library, keeping them out, and bringing them back."""
