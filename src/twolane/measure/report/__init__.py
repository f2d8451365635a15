"""What both measurements share: samples with their spread, plots, pages, and the state of the machine."""
