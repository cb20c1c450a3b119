"""The draw stage."""
