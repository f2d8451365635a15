"""Small files that have one part each: what readers declare of their formats is held against them."""
