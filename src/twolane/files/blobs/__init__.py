"""Contents for workers that cannot see the files themselves: in a folder, or on S3."""
