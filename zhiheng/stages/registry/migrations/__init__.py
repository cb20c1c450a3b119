"""Schema changes of the registry stage."""
