"""Reads linked data with a program that others wrote."""

from __future__ import annotations

import warnings
from typing import Any


def graph(text: str) -> Any:
    """Return the graph of a JSON-LD document; rdflib warns of a class that its own reader still uses."""
    import rdflib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return rdflib.Graph().parse(data=text, format="json-ld")
