"""The rules of the plan: which series a target may be bound to, and what an obligation must say."""
