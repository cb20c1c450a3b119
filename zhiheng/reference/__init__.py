"""Dated facts with sources; lookup only."""
