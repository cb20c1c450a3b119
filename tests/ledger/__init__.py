"""The ledger: what was written stays, hangs together, and reaches those who wait for it."""
