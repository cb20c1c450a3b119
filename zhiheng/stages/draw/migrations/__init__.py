"""Schema changes of the draw stage."""
