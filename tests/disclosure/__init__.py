"""Tests of public notices."""
