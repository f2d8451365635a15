"""Spreadsheets: what their cells show."""
