"""The pages of the disclosure stage."""
