"""What is not checked drifts: the shape of the house itself."""
