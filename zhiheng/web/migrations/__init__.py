"""Schema changes of web."""
