"""Schema changes of the disclosure stage."""
