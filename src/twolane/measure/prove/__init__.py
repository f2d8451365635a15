"""Two lanes against one model, every claim measured on this machine."""
