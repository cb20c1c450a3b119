"""The worked examples in the docstrings of every room give what they say."""

from __future__ import annotations

import doctest
import importlib

import pytest

from . import tree

EXAMPLES = [
    path for path in tree.modules() if tree.PACKAGE in path.parents and ">>> " in path.read_text("utf-8")
]


@pytest.mark.parametrize("path", EXAMPLES, ids=tree.name)
def test_the_examples_of_a_module_hold(path):
    name = ".".join(path.relative_to(tree.ROOT).with_suffix("").parts).removesuffix(".__init__")
    done = doctest.testmod(importlib.import_module(name))

    assert done.attempted
    assert not done.failed
