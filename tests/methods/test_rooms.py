"""The rooms of the methods are reached by name, and none is loaded before it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from zhiheng import methods


def test_a_room_is_an_attribute_that_needs_no_import_of_its_own():
    program = "from zhiheng import methods; print(methods.intervals.wilson(0.9, 100)[0] > 0.8)"

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "True"


def test_naming_the_methods_loads_neither_scipy_nor_numpy():
    program = (
        "import sys; from zhiheng import methods; dir(methods); print({'scipy', 'numpy'} & set(sys.modules))"
    )

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "set()"


def test_every_room_is_listed_and_loads():
    listed = dir(methods)

    assert {"survey", "taylor", "structural", "validation"} <= set(listed)
    assert all(getattr(methods, name) is not None for name in listed)


def test_what_is_no_room_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        methods.nothing
