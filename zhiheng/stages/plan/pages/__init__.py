"""Pages of the plan: the Outline for everybody, obligations and bindings for the office."""
