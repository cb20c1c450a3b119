"""Inspection: visits, samples, results, and the case that a failing result opens."""
