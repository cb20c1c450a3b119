"""The pages of draws: lists and records, preparing one, reserves and panels, cycles, the plan's progress."""
