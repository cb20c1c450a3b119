"""Fixtures that every room of the tests may use."""

from tests.country import story_var

__all__ = ["story_var"]
