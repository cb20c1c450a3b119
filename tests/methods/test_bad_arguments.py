"""A bad argument of a method is answered with cause and remedy, or with known numbers, never a bare error."""

from __future__ import annotations

import dataclasses
import datetime
import importlib
import inspect
import pkgutil
from decimal import Decimal
from functools import partial

import numpy as np
import pytest

from zhiheng import methods
from zhiheng.errors import ZhihengError

from .valid_calls import CALLS

NAN, INF = float("nan"), float("inf")

# What stands behind checked functions and is handed their arrays alone.
INNER = {
    *("rows.Fit.residual", "rows.Rows.reweighted", "rows.Rows.recalibrated", "statespace.Filtered.at"),
    *("differences.cells", "differences.of_cells", "logistic.chances"),
    *("cheapest.sizes", "chances.elimination", "successes.ahead", "successes.behind", "successes.trials"),
    *("successes.without_each", "successes.without_pairs"),
    *("compiled.duels", "compiled.fit", "compiled.along", "compiled.plain"),
    *("evidence.bets", "evidence.exponential", "evidence.log_capital"),
    *("arrays.frozen", "arrays.kept", "arrays.together", "statespace.run", "statespace.smooth"),
}
# Constructors that people call; other classes hold results.
BUILT = {"composite.Tree", "decomposition.Groups", "frames.FromFrame", "panel.Panel", "replicates.Replicates"}
# Rates say by NaN what is not known of a domain; averages over a year end before the series does.
UNKNOWN_BY_DESIGN = {
    *("arrays.numbers", "arrays.listed", "arrays.column"),
    *("seasonal.classical", "survey.naive", "cells.rates"),
}
# They take as many places or sizes as there are: see test_refused_inputs.
OF_ANY_NUMBER = {"composite.Tree.even", "survey.Rates.at"}
# A function of the caller may do what it likes.
OF_THE_CALLER = {
    ("sensitivity.sobol", "model"),
    ("synthetic.in_time", "estimator"),
    ("replicates.Replicates.estimate", "statistic"),
}


def public_functions():
    for room in pkgutil.iter_modules(methods.__path__):
        module = importlib.import_module(f"zhiheng.methods.{room.name}")
        for name, found in vars(module).items():
            if getattr(found, "__module__", "") != module.__name__ or name[0] == "_":
                continue
            if inspect.isfunction(found):
                yield f"{room.name}.{name}"
            elif inspect.isclass(found):
                yield from (f"{room.name}.{name}.{method}" for method in methods_with_arguments(found))


def methods_with_arguments(kind):
    for name in vars(kind):
        bound = getattr(kind, name)
        if name[0] != "_" and callable(bound) and set(inspect.signature(bound).parameters) - {"self"}:
            yield name


def called(name):
    room, *path = name.split(".")
    found = importlib.import_module(f"zhiheng.methods.{room}")
    for part in path:
        found = getattr(found, part)
    return found


def instead(good):
    """Yield what somebody may give by mistake in place of a good value."""
    yield from (None, "a", "", "3", [], [[]], {}, {1}, b"a", 1j, object(), len, True, 10**400)
    yield from (NAN, INF, -INF, -1, 0, 2.5, Decimal("NaN"), datetime.date(2020, 1, 1), np.array(0.5))
    yield from ([[1], [1, 2]], [None, None], [-1.0], [0, 0], np.array(["a", "b"]), np.zeros((2, 2, 2)))
    yield (one for one in [1])
    if isinstance(good, dict):
        yield {"other": 1}
        yield from (dict.fromkeys(good, bad) for bad in ("a", NAN, -1, None, [1, 2], 10**400))
    if isinstance(good, list | tuple | np.ndarray) and len(good):
        yield from others(list(good))


def others(items):
    """Yield a list too long, too short, too deep, or with something else in it."""
    yield from (items * 2, items[:-1], items[0], [items, items], items[:1] * len(items))
    for bad in (None, "a", NAN, INF, -1.0, 0.0, 0.5, 10**400):
        yield from ([*items[:-1], bad], [bad] * len(items))
        if isinstance(items[0], list | tuple):
            yield [[*items[0][:-1], bad], *items[1:]]
    if isinstance(items[0], list | tuple):
        yield from ([items[0][:-1], *items[1:]], [row[:-1] for row in items])


def is_unknown(found, depth=0):
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        found = [getattr(found, field.name) for field in dataclasses.fields(found)]
    if isinstance(found, dict):
        found = list(found.values())
    if isinstance(found, list | tuple):
        return depth < 6 and any(is_unknown(one, depth + 1) for one in found)
    if isinstance(found, np.ndarray) and found.dtype.kind in "fc":
        return bool(np.isnan(found).any())
    return isinstance(found, float) and found != found


def said(name, place, bad, call):
    """Return what is wrong with the answer to a bad argument, or nothing."""
    try:
        found = call()
    except ZhihengError as refused:
        has_both = refused.cause.endswith(".") and refused.remedy.rstrip(")").endswith(".")
        return None if has_both else f"{name}({place}={bad!r:.60}) refuses without cause and remedy"
    except Exception as error:
        return f"{name}({place}={bad!r:.60}) ends in {type(error).__name__}: {error}"
    if is_unknown(found) and name not in UNKNOWN_BY_DESIGN:
        return f"{name}({place}={bad!r:.60}) returns what is not known"
    return None


def test_every_public_function_is_called_here_or_stands_behind_one_that_is():
    listed = set(public_functions())

    assert listed - set(CALLS) - INNER - OF_ANY_NUMBER == set()
    assert listed >= INNER
    assert set(CALLS) >= BUILT
    assert INNER.isdisjoint(CALLS)


@pytest.mark.parametrize("room", sorted({name.split(".")[0] for name in CALLS}))
def test_one_bad_argument_among_good_ones_is_refused_or_answered_with_known_numbers(room):
    wrong = []
    for name, good in CALLS.items():
        if name.split(".")[0] != room:
            continue
        function = called(name)
        assert name in UNKNOWN_BY_DESIGN or not is_unknown(function(**good)), name
        for place, value in good.items():
            if place == "self" or (room == "arrays" and place not in ("value", "values", "level")):
                continue
            for bad in instead(value):
                if not callable(bad) or (name, place) not in OF_THE_CALLER:
                    wrong.append(said(name, place, bad, partial(function, **(good | {place: bad}))))

    assert [line for line in wrong if line] == []
