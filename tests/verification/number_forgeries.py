"""Bundles of numbers that must be refused: altered, sealed anew by their own office, or hostile in form."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from tests.verification import made_numbers as made
from tests.verification.test_mutations import altered, at, branches, leaves

Bundle = dict[str, Any]


def changed_leaves(bundle: Bundle) -> Iterator[tuple[tuple, Bundle]]:
    """Yield the bundle with each leaf changed to another value, or to a value of another kind."""
    for number, path in enumerate(path for path in leaves(bundle) if path != ("type",)):
        values = altered(at(bundle, path))
        mutant = copy.deepcopy(bundle)
        at(mutant, path[:-1])[path[-1]] = values[0] if number % 3 else values[number // 3 % len(values)]
        yield path, mutant


def changed_branches(bundle: Bundle) -> Iterator[tuple[tuple, Bundle]]:
    """Yield the bundle with a strange field or item added to each branch, and with its first one dropped."""
    for path in branches(bundle):
        branch = at(bundle, path)
        mutant = copy.deepcopy(bundle)
        place = at(mutant, path)
        if isinstance(branch, dict):
            place["strange"] = 1
        else:
            place.append("strange")
        yield (*path, "added"), mutant
        first = next(iter(branch if isinstance(branch, dict) else range(len(branch))), None)
        if first is not None and (path, first) != ((), "type"):
            mutant = copy.deepcopy(bundle)
            del at(mutant, path)[first]
            yield (*path, first, "dropped"), mutant


def forged(name: str, change: Callable[[dict[str, Any]], None]) -> Bundle:
    """Return a bundle whose body its office changed and sealed anew, with every digest made to fit.

    A name that ends in "with interval" is of a number that states the interval of its error.
    """
    plain = name.removesuffix(" with interval")
    bundle = made.bundle(name) if plain == name else made.with_interval(plain)
    change(bundle["body"])
    return made.resealed(bundle)


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    *way, last, value = path

    def change(body: dict[str, Any]) -> None:
        at(body, tuple(way))[last] = value

    return change


def _root(value: Any) -> Callable[[dict[str, Any]], None]:
    return _set("formula", "tree", "root", value)


def _deep(levels: int) -> dict[str, Any]:
    node = made.series("x")
    for _level in range(levels):
        node = {"op": "standardise", "of": node, "low": "0", "high": "100", "least": "0", "most": "100"}
    return node


def _leave_out(body: dict[str, Any]) -> None:
    body["inputs"].pop()


def _add(body: dict[str, Any]) -> None:
    more = copy.deepcopy(body["inputs"][0])
    more["observation"] |= {"region": "110000"}
    body["inputs"].append(more)


def _twice(body: dict[str, Any]) -> None:
    more = copy.deepcopy(body["inputs"][0])
    more["observation"] |= {"revision": 1, "reason": "x"}
    body["inputs"].append(more)


def _itself(body: dict[str, Any]) -> None:
    body["inputs"][0]["observation"]["series"] = "made"
    body["formula"]["tree"]["root"] = made.series("made")


def _swap(body: dict[str, Any]) -> None:
    of = body["formula"]["tree"]["root"]["of"]
    of[0], of[1] = of[1], of[0]


def _nudge(name: str) -> Callable[[dict[str, Any]], None]:
    """Change the last digit of a number."""

    def change(body: dict[str, Any]) -> None:
        text = body["observation"][name]
        body["observation"][name] = text[:-1] + ("1" if text[-1] != "1" else "2")

    return change


def _campaign(body: dict[str, Any]) -> None:
    """Call an assessment year a campaign: no link from one such year to the next reaches it."""
    for one in (body["observation"], at(body, INPUT)):
        one["period"] = "20240715-20241115"


INPUT = ("inputs", 0, "observation")
PLUS_ONE = {"op": "linear", "of": [made.series("x")], "weights": ["1"], "plus": "0.000000000001"}
FORGERIES: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "another value": ("ratio", _set("observation", "value", "96.4373716632443")),
    "another error": ("ratio", _set("observation", "standard_error", "0.3")),
    "no error": ("ratio", _set("observation", "standard_error", None)),
    "another input": ("mean", _set(*INPUT, "value", "91.3")),
    "another error of an input": ("total", _set(*INPUT, "standard_error", "0.6")),
    "an input left out": ("total", _leave_out),
    "a strange input": ("ratio", _add),
    "an input twice": ("ratio", _twice),
    "its own input": ("new footing", _itself),
    "an input of others": (
        "difference",
        lambda body: body["inputs"][0]["observation"].update(origin="published", source="x", evidence="A"),
    ),
    "an interval": (
        "ratio",
        lambda body: body["observation"].update(interval="model", lower="96", upper="97", level="0.95"),
    ),
    "another lower end": ("score with interval", _nudge("lower")),
    "another upper end": ("score with interval", _nudge("upper")),
    "another level": ("ratio with interval", _set("observation", "level", "0.9")),
    "an interval of the design": ("ratio with interval", _set("observation", "interval", "design")),
    "an end without interval": ("ratio with interval", _set("observation", "interval", "none")),
    "a flag that nobody knows": ("ratio", _set("observation", "flags", ["demonstration", "perfect"])),
    "flags out of their order": ("ratio", _set("observation", "flags", ["thin", "demonstration"])),
    "a flag twice": ("ratio", _set(*INPUT, "flags", ["thin", "thin"])),
    "a count below zero": ("ratio", _set("observation", "n", -1)),
    "a count that is none": ("ratio", _set("observation", "n", "12")),
    "a level without interval": ("ratio", _set(*INPUT, "level", "0.95")),
    "a bound with two ends": (
        "ratio",
        lambda body: at(body, INPUT).update(interval="bound", lower="1", upper="2"),
    ),
    "a value outside of its interval": (
        "ratio",
        lambda body: at(body, INPUT).update(interval="design", lower="1", upper="2", level="0.95"),
    ),
    "a note without end": ("ratio", _set(*INPUT, "note", "x" * 1001)),
    "a day that is none": ("ratio", _set("observation", "valid_from", "soon")),
    "a negative zero": ("ratio", _set(*INPUT, "coverage", "-0")),
    "an input that rests on nothing": ("ratio", _set(*INPUT, "inputs_sha", "")),
    "an interval without an error": (
        "fixed",
        lambda body: body["observation"].update(interval="model", lower="88.1", upper="88.1", level="0.95"),
    ),
    "another unit": ("ratio", _set("observation", "unit", "‰")),
    "another purpose": ("ratio", _set("observation", "purpose", "enforcement")),
    "another series": ("ratio", _set("observation", "series", "other")),
    "another region": ("ratio", _set("observation", "region", "110000")),
    "another period": ("linked", _set("observation", "period", "2016")),
    "another breakdown": ("ratio", _set("observation", "breakdown", "channel=shop")),
    "the parts the other way round": ("difference", _swap),
    "another constant": ("difference", _set("formula", "tree", "root", "of", 0, "value", "101")),
    "another step": ("bridged by logit", _set("formula", "tree", "root", "step", "-0.3358")),
    "another error of the step": ("bridged by ratio", _set("formula", "tree", "root", "step_error", "0.011")),
    "another goalpost": ("score", _set("formula", "tree", "root", "of", 0, "high", "98")),
    "another direction": ("score", _set("formula", "tree", "root", "of", 0, "direction", "lower")),
    "another weight": ("score", _set("formula", "tree", "root", "weights", ["0.5", "0.5"])),
    "more cells needed": ("counted", _set("formula", "tree", "root", "cells", 3)),
    "another level of regions": ("total", _set("formula", "tree", "root", "of", 0, "level", "county")),
    "another member": ("fixed", _set("formula", "tree", "root", "where", {"channel": "超市"})),
    "another time of the link": ("linked", _set("formula", "tree", "root", "at", "2019")),
    "a campaign as an assessment year": ("bridged by assessment years", _campaign),
    "another scale": ("linked", _set("formula", "tree", "root", "scale", "ratio")),
    "the last digit": ("difference", _root(PLUS_ONE)),
    "an unknown operation": ("difference", _root({"op": "power", "of": [made.series("x")]})),
    "a strange field": ("difference", _root({**made.series("x"), "sql": "drop table"})),
    "no operation": ("difference", _root({"of": []})),
    "a tree too deep": ("difference", _root(_deep(12))),
    "a tree deeper than a file may be": ("difference", _root(_deep(40))),
    "too many nodes": ("difference", _root({"op": "sum", "of": [made.series("x")] * 400})),
    "division by zero": (
        "ratio",
        _set("formula", "tree", "root", "of", 1, {"op": "constant", "value": "0", "unit": "%"}),
    ),
    "a number without end": ("difference", _set("formula", "tree", "root", "of", 0, "value", "9" * 5000)),
    "a number with an exponent": (
        "difference",
        _set("formula", "tree", "root", "of", 0, "value", "1E99999999"),
    ),
    "no number": ("difference", _set("formula", "tree", "root", "of", 0, "value", "NaN")),
    "an endless step of logits": (
        "bridged by logit",
        _set("formula", "tree", "root", "step", "100000000000000000000"),
    ),
    "an input without a number": ("ratio", _set(*INPUT, "value", None)),
    "an input in another form": ("ratio", _set(*INPUT, "value", "93.930")),
    "inputs without a formula": ("ratio", _set("formula", None)),
}


def many_ratios(cells: int) -> Bundle:
    """Return a total of so many ratios of long numbers, which no common denominator holds."""
    keys = [f"000000|2024|division={place:05d}" for place in range(cells)]
    tables = {
        id: {key: (f"{10**19 + at}.{10**18 + 2 * at + odd}1", None) for at, key in enumerate(keys)}
        for id, odd in (("x", 0), ("y", 1))
    }
    ratio = {"op": "ratio", "of": [made.series("x", by=["division"]), made.series("y", by=["division"])]}
    tree = made.formula({"op": "sum", "of": [ratio], "over": ["division"]})
    given = made.rows(tables)
    said = made.row("made", "000000|2024|", "1", None, **made.by(tree, given))
    return made.sealed(said, tree, given)


def text_forgeries(bundle: Bundle) -> dict[str, str]:
    """Return texts that are no proper file of a bundle."""
    text = json.dumps(bundle, ensure_ascii=False)
    return {
        "a key twice": text.replace('"digest":', '"digest": "00", "digest":', 1),
        "a float": re.sub(r'"index": ([0-9])', r'"index": \1.0', text),
        "an integer too large": text.replace('"size": 3', '"size": 99999999999999999999'),
        "cut short": text[:-1],
        "nested": '{"type": "zhiheng/observation-bundle/1", "body": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "of a strange type": text.replace("observation-bundle/1", "observation-bundle/2"),
    }
