"""Where contents lie for workers that do not see the files: a folder, or S3."""
