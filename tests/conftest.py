"""Fixtures that every room of the tests may use."""

import os

from tests.country import story_var

__all__ = ["story_var"]

# Commands speak Chinese unless the terminal asks for English; tests read English unless they say otherwise.
os.environ["LC_ALL"] = "en_GB.UTF-8"
