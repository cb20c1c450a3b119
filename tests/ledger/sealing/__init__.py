"""Tests of the sealed log."""
