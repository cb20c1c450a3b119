"""Nothing in a bundle can be changed unseen: every leaf, every field, every item, by both verifiers.

No field is exempt: what describes is bound by the same digest as what is computed.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.verification import made
from zhiheng.errors import ZhihengError
from zhiheng.formats.shapes import FigureBundle
from zhiheng.proof import canonical
from zhiheng.verification import draw, figure
from zhiheng.verification.recomputation import recompute


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


def reissued(certificate: dict, ledger: made.Ledger, change: Any, division: str = "") -> dict:
    """Return a figure that its office changed, computed again, sealed and released: only the draw tells."""
    body = made.figure_body(certificate, division)
    change(body, certificate)
    answered = Counter(row["stratum"] for row in body["rows"] if row["verdict"])
    if not division:
        for row in body["strata"]:
            row["respondents"] = answered[row["stratum"]]
    sizes = {row["stratum"]: [row["population"], row["respondents"]] for row in body["strata"]}
    for row in body["rows"]:
        row["weight"] = list(sizes[row["stratum"]]) if row["verdict"] else None
    body["rows_sha256"] = canonical.digest(body["rows"])
    body["figure"].update(n=answered.total(), n_sampled=len(body["rows"]))
    body["figure"]["status"] = "published" if answered.total() >= made.SIZE_RULE["firm"] else "thin"
    numbers = recompute(FigureBundle.from_dict(body))
    body["figure"].update({name: figure.decimal_text(numbers[name]) for name in figure.NUMBERS})
    root, places = figure.seal([figure.digest(body)])
    detail = {"figures_root": root, "figures_count": 1, "dataset_sha256": body["dataset_sha256"]}
    ledger.append("indicators.released", detail)
    return figure.bundle(body, inclusion=places[0], entries=ledger.entries)


def failure(body: dict, strata: str = "ABC") -> dict:
    return next(row for row in body["rows"] if row["verdict"] == "fail" and row["stratum"] in strata)


def put_in_a_reserve(body, certificate):
    """Swap a failing drawn unit for a passing reserve of its stratum, with its true place in the frame."""
    row = failure(body)
    reserve = next(unit for unit in certificate["reserves"] if unit["stratum"] == row["stratum"])
    framed = next(unit for unit in made.frame_rows() if unit.id == reserve["unit"])
    row.update(unit=framed.id, region=framed.region, division=framed.division, verdict="pass")


def drop_a_failure(body, certificate):
    body["rows"].remove(failure(body, "BC"))


def drop_a_refusal(body, certificate):
    body["rows"].remove(next(row for row in body["rows"] if row["visit"] != "sampled"))


def call_it_refused(body, certificate):
    """Keep the unit and hide its result: a lie about the visit, which no file can show."""
    failure(body).update(visit="refused", verdict=None)


def move_to_another_division(body, certificate):
    held = Counter((row["stratum"], row["division"]) for row in body["rows"])
    row = failure(body, "BC")
    row["division"] = next(
        cell["division"]
        for cell in body["cells"]
        if cell["stratum"] == row["stratum"]
        and cell["division"] != row["division"]
        and cell["population"] > held[cell["stratum"], cell["division"]]
    )


def call_it_operational(body, certificate):
    body["data"] = "operational"


FORGERIES = [
    ("", put_in_a_reserve),
    ("", move_to_another_division),
    ("", call_it_operational),
    ("13", drop_a_failure),
    ("13", drop_a_refusal),
    ("13", put_in_a_reserve),
    ("13", call_it_operational),
]


@pytest.mark.parametrize(("division", "change"), FORGERIES)
def test_a_figure_forged_and_sealed_anew_is_refused_by_both_where_the_draw_lies_beside(
    division, change, stranger, tmp_path, capsys
):
    ledger = made.Ledger()
    certificate = made.made_draw(ledger)
    drawn = draw.bundle(certificate, entries=ledger.entries[:3], frame_lines=made.frame_bytes())
    bundle = reissued(certificate, ledger, change, division)
    assert refusals(bundle, stranger, tmp_path) == (False, False)

    (tmp_path / f"draw-{made.SERIAL}.json").write_bytes(canonical.dumps(drawn))

    report = figure.check(bundle, beside=tmp_path)
    assert [step.name for step in report.steps if not step.ok] == ["drawn units"]
    assert stranger.main([str(tmp_path / "bundle.json")]) == 1


def test_a_draw_that_was_forged_with_its_figure_is_refused_by_both(stranger, tmp_path, capsys):
    ledger = made.Ledger()
    certificate = copy.deepcopy(made.made_draw(ledger))
    first, reserve = certificate["selected"][0], certificate["reserves"][0]
    first["unit"], reserve["unit"] = reserve["unit"], first["unit"]
    ledger.append("draw.revealed", {"certificate_sha256": draw.certificate_sha256(certificate)})
    drawn = draw.bundle(certificate, entries=list(ledger.entries), frame_lines=made.frame_bytes())
    bundle = reissued(certificate, ledger, lambda body, certificate: None)
    assert refusals(bundle, stranger, tmp_path) == (False, False)

    (tmp_path / f"draw-{made.SERIAL}.json").write_bytes(canonical.dumps(drawn))

    assert "does not hold" in figure.check(bundle, beside=tmp_path).refusal
    assert stranger.main([str(tmp_path / "bundle.json")]) == 1


def test_what_no_file_can_show_is_not_claimed(stranger, tmp_path, capsys):
    """A result hidden behind a made-up refusal verifies: the docstrings say so."""
    ledger = made.Ledger()
    certificate = made.made_draw(ledger)
    drawn = draw.bundle(certificate, entries=ledger.entries[:3], frame_lines=made.frame_bytes())
    bundle = reissued(certificate, ledger, call_it_refused)
    (tmp_path / f"draw-{made.SERIAL}.json").write_bytes(canonical.dumps(drawn))

    assert figure.check(bundle, beside=tmp_path).ok
    assert refusals(bundle, stranger, tmp_path) == (False, False)


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
