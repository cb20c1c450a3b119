"""Checks of a figure bundle and of a draw: joins proof and methods."""
