"""Builds model files that no source has in the form that runs fast here."""
