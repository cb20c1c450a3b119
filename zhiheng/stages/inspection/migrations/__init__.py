"""Schema changes of the inspection stage."""
