"""The inspection stage."""
