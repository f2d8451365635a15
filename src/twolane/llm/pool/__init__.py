"""Several model servers of one lane, used as one model."""
