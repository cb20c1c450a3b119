"""Schema changes of the indicators stage."""
