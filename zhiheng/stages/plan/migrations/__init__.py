"""Schema changes of the plan stage."""
