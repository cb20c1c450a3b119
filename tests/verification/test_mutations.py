"""Nothing in a bundle can be changed unseen: every leaf, every field, every item, by both verifiers.

No field is exempt: what describes is bound by the same digest as what is computed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from zhiheng.errors import ZhihengError
from zhiheng.proof import canonical
from zhiheng.verification import draw, figure


def leaves(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Yield the path of every leaf."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path


def branches(value: Any, path: tuple = ()) -> Iterator[tuple]:
    """Yield the path of every object and array."""
    if isinstance(value, (dict, list)):
        yield path
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from branches(item, (*path, key))


def at(value: Any, path: tuple) -> Any:
    for step in path:
        value = value[step]
    return value


def altered(leaf: Any) -> list[Any]:
    """Return values that a leaf could be changed to."""
    if isinstance(leaf, bool) or leaf is None:
        return ["x", 1]
    if isinstance(leaf, int):
        return [leaf + 1, None]
    flipped = leaf[:-1] + ("1" if leaf[-1:] != "1" else "2")
    return [flipped, leaf + " ", None]


def refusals(bundle: dict, stranger: Any, folder: Any) -> tuple[bool, bool]:
    """Tell whether each of the two verifiers refuses, by reason and not by a crash."""
    if bundle["type"] == "zhiheng/figure-bundle/1":
        ours = not figure.check(bundle).ok
    else:
        ours = not draw.check(bundle).ok
    path = folder / "bundle.json"
    path.write_text(json.dumps(bundle))
    return ours, stranger.main([str(path)]) == 1


@pytest.fixture(params=["draw", "headline", "division"])
def bundle(request, draw_bundle, figure_bundles):
    return {"draw": draw_bundle, "headline": figure_bundles[""], "division": figure_bundles["38"]}[
        request.param
    ]


def test_every_changed_leaf_is_refused_by_both(bundle, stranger, tmp_path, capsys):
    paths = [path for path in leaves(bundle) if path != ("type",)]
    missed = []
    for number, path in enumerate(paths):
        values = altered(at(bundle, path))
        mutant = copy.deepcopy(bundle)
        at(mutant, path[:-1])[path[-1]] = values[0] if number % 3 else values[number // 3 % len(values)]
        if refusals(mutant, stranger, tmp_path) != (True, True):
            missed.append(path)

    assert len(paths) > 150
    assert missed == []


def test_every_dropped_or_added_field_is_refused_by_both(bundle, stranger, tmp_path, capsys):
    missed = []
    for path in branches(bundle):
        branch = at(bundle, path)
        mutant = copy.deepcopy(bundle)
        place = at(mutant, path)
        if isinstance(branch, dict):
            place["strange"] = 1
        else:
            place.append("strange")
        if refusals(mutant, stranger, tmp_path) != (True, True):
            missed.append((path, "added"))
        for key in list(branch)[:1] if isinstance(branch, dict) else range(min(1, len(branch))):
            if path == () and key == "type":
                continue
            mutant = copy.deepcopy(bundle)
            del at(mutant, path)[key]
            if refusals(mutant, stranger, tmp_path) != (True, True):
                missed.append((path, key, "dropped"))

    assert missed == []


@pytest.mark.parametrize("kind", ["zhiheng/draw-bundle/2", "", None])
def test_another_type_is_no_bundle(bundle, stranger, tmp_path, kind, capsys):
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps({**bundle, "type": kind}))

    assert stranger.main([str(path)]) == 1
    assert "no draw and no figure" in capsys.readouterr().out


def changed_bytes(data: bytes, positions: range) -> Iterator[bytes]:
    for position in positions:
        byte = data[position]
        yield data[:position] + bytes([byte ^ 1 if byte ^ 1 >= 32 else byte ^ 4]) + data[position + 1 :]


def verified(data: bytes, stranger: Any, path: Any) -> tuple[bool, bool]:
    path.write_bytes(data)
    theirs = stranger.main([str(path)]) == 0
    try:
        value = canonical.loads(data)
        kind = value.get("type") if isinstance(value, dict) else None
        check = {"zhiheng/draw-bundle/1": draw.check, "zhiheng/figure-bundle/1": figure.check}.get(kind)
        ours = check is not None and check(value).ok
    except ZhihengError:
        ours = False
    return ours, theirs


def test_a_changed_byte_anywhere_in_the_file_is_refused_by_both(bundle, stranger, tmp_path, capsys):
    data = canonical.dumps(bundle)
    assert verified(data, stranger, tmp_path / "bundle.json") == (True, True)

    for mutant in changed_bytes(data, range(5, len(data), 61)):
        assert verified(mutant, stranger, tmp_path / "bundle.json") == (False, False)


@pytest.mark.prove
def test_every_changed_byte_of_the_file_is_refused_by_both(bundle, stranger, tmp_path, capsys):
    data = canonical.dumps(bundle)

    for mutant in changed_bytes(data, range(len(data))):
        assert verified(mutant, stranger, tmp_path / "bundle.json") == (False, False)
