"""The demonstration: an invented country, one account a role, and twelve quarters of the loop."""
