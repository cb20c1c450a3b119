#!/usr/bin/env python3
"""Checks a draw or a figure that Zhiheng published, with nothing but this file and Python 3.11.

    python verify.py draw-330000-2024Q1-001.json
    python verify.py figure-mfg_product_pass_rate-330000-2024Q1.json

It ends with 0 and says what it verified, or with 1 and says ``refused: reason``. It is written apart from the
programs of the office: it shares no line with them, so that one mistake cannot hide in both.

What it does for a draw (抽取): reads the ledger entries and checks that each has its hash and names the one
before; that the announcement was in the ledger before the result; that the secret is the committed one;
computes the seed from secret, announcement and beacon, the ticket of every unit in the frame, sample and
reserves of every stratum, and the two inspectors of every unit; compares all with the certificate. Units that
the announcement excluded have probability 0; a panel's later draws use the numbers of its first one. Where a
quota is too small for every class, it joins neighbouring classes again by the rule zh-join-1.

What it does for a figure (数据): checks that the figure is one of its release and the release in the ledger;
computes estimate, interval, error, raw and weighted rate from the rows, as the method card states; compares.
Where the draws (draw-*.json) lie in the same folder it repeats them, and the rows must be the drawn units of
the figure, none left out, none added, no reserve; where one does not, it prints that this was not checked.

What remains for you: no file shows that a verdict is true. The last line shows the hash of the newest ledger
entry in the file: compare it with the public ledger, or with what a newspaper or a notary has kept of it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
import sys
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

GENESIS = "0" * 64
LARGEST = 2**53 - 1
TOLERANCE = 1e-6
MOST_BYTES = 256 * 1024 * 1024
MARKS = {"demonstration": "demonstration data, ", "operational": ""}


class Refused(Exception):
    """The file does not hold what it claims."""


def need(holds: bool, reason: str) -> None:
    """Stop with a reason unless something holds."""
    if not holds:
        raise Refused(reason)


def read_json(text: str):
    """Read JSON that holds no floats, no doubled keys and no integers that readers disagree about."""

    def once(pairs):
        need(len(dict(pairs)) == len(pairs), "a key stands twice in one object")
        need(all(key.isascii() for key, _ in pairs), "a key is not ASCII")
        return dict(pairs)

    def integer(digits):
        need(len(digits) < 18 and abs(int(digits)) <= LARGEST, "an integer is beyond 2^53-1")
        return int(digits)

    def no_float(number):
        raise Refused(f"the number {number[:30]} is not an integer")

    try:
        return json.loads(
            text, object_pairs_hook=once, parse_int=integer, parse_float=no_float, parse_constant=no_float
        )
    except (ValueError, RecursionError) as error:
        raise Refused(f"the file is not JSON ({error})") from None


def canonical(value) -> bytes:
    """Return the one canonical text of a value (RFC 8785 for ASCII keys and integers)."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    need(not re.search("[\ud800-\udfff]", text), "a text holds half of a surrogate pair")
    return text.encode()


def sha256(data: bytes) -> str:
    """Return SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest(value) -> str:
    """Return the digest of a JSON value."""
    return sha256(canonical(value))


def only(value, keys: set, name: str) -> None:
    """Refuse an object that lacks a key or has a strange one."""
    need(isinstance(value, dict) and set(value) == keys, f"{name} does not have exactly its fields")


def check_ledger(entries: list) -> str:
    """Check every entry's hash and link; return the hash of the last one."""
    need(isinstance(entries, list) and entries, "the file holds no ledger entry")
    links = [link(entry) for entry in entries]
    for before, after in pairwise(links):
        need(after["seq"] > before["seq"], f"ledger entry {after['seq']} is out of order")
        if after["seq"] == before["seq"] + 1:
            need(after["previous"] == before["hash"], f"the ledger breaks at entry {after['seq']}")
    return links[-1]["hash"]


def link(entry: dict) -> dict:
    """Return number, previous hash and hash of an entry, of which perhaps only the body's hash is shown."""
    if "statement" in entry:
        only(entry, {"statement", "hash"}, "a ledger entry")
        said = dict(entry["statement"])
        seq, previous, body = said.pop("seq"), said.pop("previous"), digest(said)
    else:
        only(entry, {"seq", "previous", "body", "hash"}, "a ledger entry")
        seq, previous, body = entry["seq"], entry["previous"], entry["body"]
    computed = digest({"body": body, "previous": previous, "seq": seq})
    need(isinstance(seq, int) and seq > 0, "a ledger entry has no number")
    need(computed == entry["hash"], f"ledger entry {seq} does not have its hash")
    need(seq > 1 or previous == GENESIS, "the first ledger entry names one before it")
    return {"seq": seq, "previous": previous, "hash": computed}


def details(entries: list) -> list:
    """Return (entry, detail) of every entry that is shown."""
    return [(entry, entry["statement"]["detail"]) for entry in entries if "statement" in entry]


def named(entries: list, key: str, value: str) -> dict:
    """Return the first entry that says this, or refuse."""
    found = [entry for entry, detail in details(entries) if detail.get(key) == value]
    need(bool(found), f"no ledger entry names this {key.replace('_', ' ')}")
    return found[0]


def keyed(key: bytes, *parts: bytes) -> bytes:
    """Return HMAC-SHA-256 over parts joined by zero bytes."""
    return hmac.digest(key, b"\0".join(parts), "sha256")


def check_draw(bundle: dict, folder: Path) -> str:
    """Repeat a draw from its bundle and say which one it was."""
    size, head = len(repeat_draw(bundle, folder)), bundle["ledger"][-1]["hash"]
    certificate = bundle["certificate"]
    mark, drawn = MARKS[certificate["data"]], len(certificate["selected"])
    return f"{mark}draw {certificate['serial']}, {drawn} of {size} units; ledger {head}"


def repeat_draw(bundle: dict, folder: Path) -> list:
    """Repeat a draw (zh-draw-1 within strata) and return the rows of its frame."""
    only(bundle, {"type", "certificate", "frame", "ledger"} | {"log"} & bundle.keys(), "the bundle")
    check_ledger(bundle["ledger"])
    certificate, said = bundle["certificate"], bundle["certificate"]["announcement"]
    check_terms(certificate, said)
    announced = named(bundle["ledger"], "announcement_hash", certificate["announcement_hash"])
    need(announced["hash"] == certificate["committed"], "the announcement stands in another ledger entry")
    published = named(bundle["ledger"], "certificate_sha256", digest(certificate))
    in_order = announced["statement"]["seq"] < published["statement"]["seq"]
    need(in_order, "the announcement does not stand before the certificate")

    secret, beacon = bytes.fromhex(certificate["secret"]), bytes.fromhex(certificate["beacon"]["value"])
    need(len(secret) >= 32 and sha256(secret) == said["commitment"], "the secret is not the committed one")
    stated = hashlib.sha256(canonical(said)).digest()
    seed = keyed(secret, b"zh-draw-1", stated + hashlib.sha256(beacon).digest())
    need(seed.hex() == certificate["seed"], "secret, announcement and beacon give another seed")

    gone = {row["unit"] for row in certificate.get("exclusions", [])}
    framed = read_frame(bundle["frame"], folder, said)
    rows = [row for row in framed if row[0] not in gone]
    need(len(framed) - len(rows) == len(gone), "an excluded unit does not stand in the frame")
    rows = in_joined_strata(rows, said)
    check_selection(certificate, said, rows, seed)
    check_pairs(certificate, {row[0]: row[4] for row in rows}, seed)
    check_reserves_used(certificate, bundle["ledger"])
    return rows


def check_terms(certificate: dict, said: dict) -> None:
    """Compare what the certificate says with what was announced."""
    method = "prn-within-strata" if "numbers" in said else "srs-within-strata"
    known = (said["alg"], said["hash"], said["method"]) == ("zh-draw-1", "sha256", method)
    need(known, "this program does not know the method of the draw")
    gone = certificate.get("exclusions", [])
    stated = said.get("exclusions", {"count": 0, "sha256": digest([])})
    need(stated == {"count": len(gone), "sha256": digest(gone)}, "the exclusions are not the announced ones")
    need(len({row["unit"] for row in gone}) == len(gone), "a unit is excluded twice")
    need(certificate["data"] in MARKS, "the certificate does not say what kind of data it is about")
    need(digest(said) == certificate["announcement_hash"], "the announcement does not have its hash")
    pairs = {
        **{name: certificate[name] for name in ("obligation", "region", "period", "commitment")},
        "draw_id": certificate["serial"],
        "frame_hash": certificate["frame"]["sha256"],
        "frame_size": certificate["frame"]["size"],
        "beacon": {name: certificate["beacon"][name] for name in ("kind", "ref")},
        "pairing_hash": digest(certificate["pairing"]),
    }
    for name, value in pairs.items():
        need(said[name] == value, f"the certificate differs from the announcement in {name}")
    table = [{**row, "probability": [row["sample"], row["population"]]} for row in said["strata"]]
    need(certificate["strata"] == table, "the strata or their probabilities are not the announced ones")
    need(sum(row["sample"] for row in table) == said["n"], "the samples do not add up to n")


def read_frame(frame: dict, folder: Path, said: dict) -> list:
    """Read the frame file and return its rows: unit, weight, stratum, region, division."""
    if "lines" in frame:
        only(frame, {"lines"}, "the frame")
        data = frame["lines"].encode()
    else:
        only(frame, {"file"}, "the frame")
        name = frame["file"]
        need(re.fullmatch(r"frame-[A-Za-z0-9-]{1,120}\.tsv", name), "the frame's file name is strange")
        need((folder / name).is_file(), f"the file {name} does not lie beside the bundle")
        data = (folder / name).read_bytes()
    need(sha256(data) == said["frame_hash"], "the frame file does not have the announced hash")
    need(data.endswith(b"\n"), "the frame file is cut short")
    rows = [line.decode().split("\t") for line in data[:-1].split(b"\n")]
    need(all(len(row) == 5 for row in rows), "a line of the frame does not have five fields")
    need(all(a[0] < b[0] for a, b in pairwise(rows)), "the frame is not sorted, or a unit stands twice")
    need(len(rows) == said["frame_size"], "the frame does not have the announced size")
    return rows


def in_joined_strata(rows: list, said: dict) -> list:
    """Join neighbouring classes as a small quota demands (zh-join-1); return the rows as they were drawn.

    While the least numbers exceed the quota two neighbours become one: of the same risk class (first letter)
    first, then those with the fewest units together, then the first in order.
    """
    table = said.get("joined")
    if table is None:
        return rows
    need(
        table["rule"] == "zh-join-1" and table["quota"] == said["n"], "the strata are joined by no known rule"
    )
    sizes, stated = Counter(row[2] for row in rows), table.get("least", {})
    groups = [[name] for name in sorted(sizes)]

    def size(group):
        return sum(sizes[name] for name in group)

    def least(group):
        return min(size(group), max(table["minimum"], sum(stated.get(name, 0) for name in group)))

    while len(groups) > 1 and sum(map(least, groups)) > table["quota"]:
        near = [(a[-1][0] != b[0][0], size(a + b), at) for at, (a, b) in enumerate(pairwise(groups))]
        at = min(near)[2]
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    made = [{"stratum": f"{group[0]}~{group[-1]}", "of": group} for group in groups if len(group) > 1]
    need(made and made == table["strata"], "the rule zh-join-1 gives other joined strata")
    names = {name: row["stratum"] for row in made for name in row["of"]}
    return [[*row[:2], names.get(row[2], row[2]), *row[3:]] for row in rows]


def check_selection(certificate: dict, said: dict, rows: list, seed: bytes) -> None:
    """Order every stratum by its tickets and compare sample and reserves."""
    selected, reserves, strata = [], [], defaultdict(list)
    for unit, _, stratum, _, _ in rows:
        strata[stratum].append(unit)
    need(set(strata) == {row["stratum"] for row in said["strata"]}, "the frame holds other strata")
    start, numbers = 0, said.get("numbers")
    if numbers:  # permanent numbers: the tickets of the panel's first draw, counted from a turning start
        (top, bottom), seed = numbers["shift"], bytes.fromhex(numbers["seed"])
        start = (numbers["turn"] * top % bottom << 256) // bottom

    def place_of(unit):
        return (int.from_bytes(keyed(seed, b"unit", unit.encode())) - start) % 2**256, unit.encode()

    for row in said["strata"]:
        stratum, n = row["stratum"], row["sample"]
        units = strata[stratum]
        need(len(units) == row["population"] and 0 < n <= len(units), f"stratum {stratum} has another size")
        order = sorted(units, key=place_of)
        for place, unit in enumerate(order[: n + said["reserves"]], 1):
            listed = selected if place <= n else reserves
            listed.append({"unit": unit, "stratum": stratum, "order": place})
    stated = [{key: row[key] for key in ("unit", "stratum", "order")} for row in certificate["selected"]]
    need(stated == selected, "the tickets give another sample")
    need(certificate["reserves"] == reserves, "the tickets give other reserves")


def check_pairs(certificate: dict, divisions: dict, seed: bytes) -> None:
    """Pair inspectors again: by ticket, no conflict, own field, below the cap, two offices where possible."""
    terms = certificate["pairing"]
    barred = {(row["unit"], row["inspector"]) for row in terms["conflicts"]}
    loads, cap = defaultdict(int), math.inf if terms["cap"] is None else terms["cap"]
    for row in certificate["selected"]:
        unit = row["unit"]
        able = [who for who in terms["inspectors"] if loads[who["key"]] < cap]
        able = [who for who in able if divisions[unit] in who.get("fields", [divisions[unit]])]
        free = [who for who in able if (unit, who["key"]) not in barred]
        free.sort(key=lambda who: keyed(seed, b"pair", unit.encode(), who["key"].encode()))
        need(len(free) > 1, f"unit {unit} cannot have two inspectors")
        others = [who for who in free[1:] if who["office"] != free[0]["office"]] or free[1:]
        pair = [free[0]["key"], others[0]["key"]]
        need(row["inspectors"] == pair, f"unit {unit} falls to other inspectors")
        for key in pair:
            loads[key] += 1


def check_reserves_used(certificate: dict, entries: list) -> None:
    """See that reserves stepped in by ticket order, each for another drawn unit."""
    drawn = {(row["stratum"], row["order"]) for row in certificate["selected"]}
    waiting = [(row["stratum"], row["order"]) for row in certificate["reserves"]]
    for entry, said in details(entries):
        if entry["statement"]["verb"] == "draw.reserve_used":
            stratum, place = said["stratum"], (said["stratum"], said["instead_of"])
            need(place in drawn, "a reserve steps in for a unit that was not drawn, or twice")
            in_line = [one for one in waiting if one[0] == stratum][:1]
            need(in_line == [(stratum, said["place"])], "a reserve was used out of the order of tickets")
            drawn.remove(place)
            waiting.remove(in_line[0])


def check_figure(bundle: dict, folder: Path) -> str:
    """Compute a figure again from its bundle."""
    only(bundle, {"type", "body", "digest", "inclusion", "ledger"} | {"log"} & bundle.keys(), "the bundle")
    head = check_ledger(bundle["ledger"])
    body, figure = bundle["body"], bundle["body"]["figure"]
    need(digest(body) == bundle["digest"], "the body does not have its digest")
    check_release(bundle)
    for row in body["draws"]:
        named(bundle["ledger"], "certificate_sha256", row["certificate_sha256"])
    lists: dict = {}
    compared = sum(compare_draw(body, row, folder, lists) for row in body["draws"])
    compare_lists(body, lists)
    need(digest(body["rows"]) == body["rows_sha256"], "the rows do not have their digest")
    check_counts(body)
    check_size_rule(body)
    method = (body["method"]["interval"], body["method"]["version"])
    need(method == ("wilson-composite", "1"), "this program does not know this version of the method")
    computed = compute(body)
    for name, number in computed.items():
        stated = figure[name]
        same = stated is number if None in (stated, number) else abs(float(stated) - number) <= TOLERANCE
        need(same, f"{name} is {number} when computed again, not {stated}")
    name = "-".join(filter(None, (figure["series"], figure["region"], figure["period"], figure["division"])))
    numbers = "{estimate:.4f} ({lower:.4f} to {upper:.4f})".format(**computed)
    rows = f"rows are the drawn units of {compared} of {len(body['draws'])} draws"
    if compared < len(body["draws"]):
        rows += ", not checked: the draw's bundle is not beside this file"
    return f"{MARKS[body['data']]}figure {name}, {numbers}, n = {figure['n']}; {rows}; ledger {head}"


def compare_draw(body: dict, draw: dict, folder: Path, lists: dict) -> bool:
    """Where the draw lies beside the figure, repeat it: strata, cells and units are the figure's, exactly."""
    serial, name = draw["serial"], f"draw-{draw['serial']}.json"
    if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", serial) or not (folder / name).is_file():
        return False
    bundle = read_bundle(folder / name)
    certificate = bundle["certificate"]
    need(digest(certificate) == draw["certificate_sha256"], f"{name} holds another certificate")
    frame = repeat_draw(bundle, folder)
    need(certificate["data"] == body["data"], f"{name} is about {certificate['data']} data")
    mine = {key: [r for r in body[key] if r["draw"] == serial] for key in ("strata", "cells", "rows")}
    announced = {row["stratum"]: (row["population"], row["sample"]) for row in certificate["strata"]}
    stated = {row["stratum"]: (row["population"], row["sample"]) for row in mine["strata"]}
    need(stated == announced, f"the strata are not those of {name}")
    whole = body["method"]["id"] == "post-stratified"
    units = {row[0]: tuple(row[2:]) for row in frame if whole or in_domain(body["figure"], *row[3:])}
    counted = Counter((stratum, division) for stratum, _, division in units.values())
    framed = Counter({(cell["stratum"], cell["division"]): cell["population"] for cell in mine["cells"]})
    need(framed == counted, f"the cells are not those of the frame of {name}")
    drawn = {(row["unit"], *units[row["unit"]]) for row in certificate["selected"] if row["unit"] in units}
    listed = {(row["unit"], row["stratum"], row["region"], row["division"]) for row in mine["rows"]}
    odd = ", ".join(unit for unit, *_ in sorted(listed ^ drawn)[:1])
    need(not odd, f"the rows are not the units drawn in {name}: unit {odd} was left out or added")
    said = certificate["announcement"]
    about = (said["period"], (said.get("scope") or {}).get("item"))
    lists[serial] = (about, {row[0]: row[2] for row in frame})
    return True


def compare_lists(body: dict, lists: dict) -> None:
    """Over several lists, look each unit up in the others on the same goods and period: all is stated."""
    overlaps = body.get("overlaps", [])
    several = body["method"]["id"] == "multiple-frame"
    need(several or not overlaps, "only a figure over several lists has overlaps")
    stated = {(row["draw"], row["unit"], row["other"]): row for row in overlaps}
    need(len(stated) == len(overlaps), "an overlap stands twice")
    for row in overlaps:
        only(row, {"draw", "unit", "other", "source", "code", "stratum"}, "an overlap")
        need(row["source"] in ("listed", "told", "unknown"), "an overlap has no known source")
        need((row["source"] == "unknown") == (row["stratum"] is None), "an overlap has no stratum")
        need((row["source"] == "listed") == (row["code"] == row["unit"]), "an overlap has another code")
        if row["other"] in lists and row["stratum"] is not None:
            same = lists[row["other"]][1].get(row["code"]) == row["stratum"]
            need(same, f"the list of {row['other']} does not hold {row['code']} in this stratum")
    for row in body["rows"] if several else ():
        for other, (about, units) in lists.items():
            mine = lists.get(row["draw"])
            if mine and other != row["draw"] and mine[0] == about and row["unit"] in units:
                found = stated.get((row["draw"], row["unit"], other), {"source": ""})
                need(found["source"] == "listed", f"unit {row['unit']} stands in the list of {other} too")


def in_domain(figure: dict, region: str, division: str) -> bool:
    """Tell whether a unit lies in the region and the division that the figure names."""
    prefix = figure["region"].removesuffix("00").removesuffix("00").removesuffix("00")
    return region.startswith(prefix) and figure["division"] in ("", division)


def check_release(bundle: dict) -> None:
    """Find the release in the ledger whose tree holds this figure (RFC 9162, 2.1.3.2)."""
    place = bundle["inclusion"]
    only(place, {"index", "size", "path"}, "the inclusion")
    for _, detail in details(bundle["ledger"]):
        if detail.get("figures_count") != place["size"] or "figures_root" not in detail:
            continue
        if tree_root(bytes.fromhex(bundle["digest"]), **place) == detail["figures_root"]:
            same = detail["dataset_sha256"] == bundle["body"]["dataset_sha256"]
            need(same, "the release names another data set")
            return
    raise Refused("no release in the ledger entries holds this figure")


def tree_root(data: bytes, index: int, size: int, path: list) -> str | None:
    """Return the root to which a path leads from a leaf, or None when it cannot be one."""
    if not 0 <= index < size:
        return None
    last, node = size - 1, hashlib.sha256(b"\0" + data).digest()
    for step in path:
        sibling = bytes.fromhex(step)
        if last == 0 or len(sibling) != 32:
            return None
        if index % 2 or index == last:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        index, last = index // 2, last // 2
    return node.hex() if last == 0 else None


def check_counts(body: dict) -> None:
    """Compare rows, cells and strata with one another and with the counts of the figure."""
    figure, kind = body["figure"], body["method"]["id"]
    whole = kind == "post-stratified" or (kind == "multiple-frame" and not figure["division"])
    chance = chances(body) if kind == "multiple-frame" else {}
    drawn, answered, framed = defaultdict(int), defaultdict(int), defaultdict(int)
    strata = {(row["draw"], row["stratum"]): row for row in body["strata"]}
    divisions = {row["division"] for row in body["outputs"]}
    for row in body["rows"]:
        key = (row["draw"], row["stratum"])
        need(key in strata, f"unit {row['unit']} is in no stratum")
        inside = in_domain(figure, row["region"], row["division"]) and row["division"] in divisions
        need(inside, f"unit {row['unit']} lies outside the figure")
        drawn[key] += 1
        if row["visit"] != "sampled":
            need(row["verdict"] is None and row["weight"] is None, f"unit {row['unit']} was not sampled")
            continue
        need(row["verdict"] in ("pass", "fail"), f"unit {row['unit']} has no verdict")
        answered[key] += 1
        top, bottom = row["weight"]
        if kind == "multiple-frame":
            known, _ = chance[row["draw"], row["unit"]]
            right = bottom > 0 and abs(Fraction(top, bottom) * sum(known) - 1) <= TOLERANCE
        else:
            right = bottom > 0 and top * strata[key]["respondents"] == bottom * strata[key]["population"]
        need(right, f"unit {row['unit']} does not have the weight N/r")
    for cell in body["cells"]:
        framed[cell["draw"], cell["stratum"]] += cell["population"]
    need(not figure["division"] or divisions == {figure["division"]}, "other divisions stand in the figure")
    for key, row in strata.items():
        found = (drawn[key], answered[key], framed[key])
        stated = (row["sample"], row["respondents"], row["population"])
        fits = found == stated if whole else all(a <= b for a, b in zip(found, stated, strict=True))
        need(fits, f"rows and cells do not fit stratum {key[1]} of draw {key[0]}")
    units = {(row["draw"], row["unit"]) for row in body["rows"]}
    need(len(body["rows"]) == len(units), "a unit stands twice")
    need({draw for draw, _ in strata} == {row["serial"] for row in body["draws"]}, "the draws differ")
    counts = (sum(answered.values()), len(body["rows"]), sum(framed.values()))
    stated = (figure["n"], figure["n_sampled"], figure["population"])
    need(counts == stated, "the counts of the figure differ")


def chances(body: dict) -> dict:
    """Return r/N of each row in the lists that hold it, and the highest of those of which it is not known."""
    share = {
        (row["draw"], row["stratum"]): Fraction(row["respondents"], row["population"] or 1)
        for row in body["strata"]
    }
    found = {(row["draw"], row["unit"]): ([share[row["draw"], row["stratum"]]], []) for row in body["rows"]}
    for row in body.get("overlaps", []):
        known, perhaps = found[row["draw"], row["unit"]]
        if row["stratum"] is None:
            perhaps.append(max(part for (draw, _), part in share.items() if draw == row["other"]))
        elif share[row["other"], row["stratum"]]:
            known.append(share[row["other"], row["stratum"]])
    return found


def check_size_rule(body: dict) -> None:
    """Say again whether so many units may be shown."""
    figure, rule = body["figure"], body["size_rule"]
    n, state = figure["n"], "thin" if figure["n"] < rule["firm"] else "published"
    state = "census" if n == figure["population"] else "suppressed" if n < rule["minimum"] else state
    need(figure["status"] == state, f"{n} answered units make this figure {state}")


def compute(body: dict) -> dict:
    """Return all numbers of the figure from its rows.

    Symbols as in the method card (docs/methods/pass-rate.md): stratum h, N_h units, r_h answered,
    w_h = N_h / r_h, y = 1 for a pass.
    """
    strata = {(row["draw"], row["stratum"]): row for row in body["strata"]}
    weights = {key: row["population"] / (row["respondents"] or math.inf) for key, row in strata.items()}
    answered = [row for row in body["rows"] if row["verdict"]]
    units = [(row["draw"], row["stratum"], row["division"], row["verdict"] == "pass") for row in answered]
    if body["method"]["id"] == "multiple-frame":
        held = chances(body)
        return over_lists(body, strata, units, [held[row["draw"], row["unit"]] for row in answered])
    raw = sum(unit[3] for unit in units) / len(units)
    total = sum(weights[unit[:2]] for unit in units)
    hajek = sum(weights[unit[:2]] for unit in units if unit[3]) / total
    if body["method"]["id"] == "post-stratified":
        estimate, shares, rates = weighted_by_output(body, strata, weights, units)
        coverage = output_reached(body, {unit[2] for unit in units})
    else:
        need(body["method"]["id"] == "hajek", "this program does not know the method")
        estimate, rates = hajek, [hajek] * len(units)
        shares = [weights[unit[:2]] / total for unit in units]
        coverage = units_reached(body, strata)
    each = [weights[unit[:2]] for unit in units]
    errors = spread(body, strata, each, units, estimate, shares, rates)
    return {"estimate": estimate, "raw": raw, "hajek": hajek, "coverage": coverage, **errors}


def over_lists(body: dict, strata: dict, units: list, held: list) -> dict:
    """Return the numbers of a figure over several lists (docs/methods/multiple-frames.md).

    A unit weighs 1 / the sum of its chances; the interval reaches from the lower end for the lowest rate that
    unknown memberships allow to the upper end for the highest.
    """
    most = [float(1 / sum(known)) for known, _ in held]
    least = [float(1 / (sum(known) + sum(perhaps))) for known, perhaps in held]
    low = [b if unit[3] else a for unit, a, b in zip(units, most, least, strict=True)]
    high = [a if unit[3] else b for unit, a, b in zip(units, most, least, strict=True)]
    found, bounds = {}, []
    for weight in (most, low, high):
        total = sum(weight)
        rate = sum(w for unit, w in zip(units, weight, strict=True) if unit[3]) / total
        shares = [w / total for w in weight]
        errors = spread(body, strata, weight, units, rate, shares, [rate] * len(units))
        found = found or {"estimate": rate, "hajek": rate, **errors}
        bounds.append(errors)
    raw = sum(unit[3] for unit in units) / len(units)
    lower, upper = (min(bounds[0]["lower"], bounds[1]["lower"]), max(bounds[0]["upper"], bounds[2]["upper"]))
    return {**found, "raw": raw, "coverage": units_reached(body, strata), "lower": lower, "upper": upper}


def weighted_by_output(body: dict, strata: dict, weights: dict, units: list) -> tuple:
    """Return R = sum V_g P_g / sum V_g, and for every unit its share u in R and the rate P_g of its group."""
    output = {row["division"]: float(row["output"]) for row in body["outputs"]}
    frame, expected = dict.fromkeys(output, 0), dict.fromkeys(output, 0.0)
    for cell in body["cells"]:
        row = strata[cell["draw"], cell["stratum"]]
        frame[cell["division"]] += cell["population"]
        if row["population"]:
            expected[cell["division"]] += cell["population"] * row["respondents"] / row["population"]
    pooled = divisions_pooled(frame, expected, body["method"]["alone_from"])
    group = {name: "" if name in pooled else name for name in output}
    value, mass, passed = defaultdict(float), defaultdict(float), defaultdict(float)
    for name in output:
        value[group[name]] += output[name] if frame[name] else 0.0
    worth = {name: output[name] / frame[name] if name in pooled else 1.0 for name in output}
    for draw, stratum, division, is_pass in units:
        weight = worth[division] * weights[draw, stratum]
        mass[group[division]] += weight
        passed[group[division]] += weight * is_pass
    reached = [name for name in mass if mass[name] > 0]
    base = sum(value[name] for name in reached)
    rate = {name: passed[name] / mass[name] for name in reached}
    estimate = sum(value[name] * rate[name] for name in reached) / base
    shares, rates = [], []
    for draw, stratum, division, _ in units:
        name = group[division]
        weight = worth[division] * weights[draw, stratum]
        shares.append(weight * value[name] / (base * mass[name]) if mass[name] else 0.0)
        rates.append(rate.get(name, 0.0))
    return estimate, shares, rates


def divisions_pooled(frame: dict, expected: dict, alone_from: int) -> set:
    """Return the divisions too small to stand alone, with as many next ones as the group itself needs."""
    inside = [name for name in frame if frame[name] > 0]
    small = {name for name in inside if expected[name] < alone_from}
    if not small:
        return set()
    held = 0.0
    for name in sorted(inside, key=lambda name: expected[name]):
        if held < alone_from:
            small.add(name)
        held += expected[name]
    return small


def output_reached(body: dict, met: set) -> float:
    """Return the share of output in divisions with an answered unit."""
    output = {row["division"]: float(row["output"]) for row in body["outputs"]}
    return sum(value for name, value in output.items() if name in met) / sum(output.values())


def units_reached(body: dict, strata: dict) -> float:
    """Return the share of the domain's units in strata with an answered unit."""
    cells = [(strata[cell["draw"], cell["stratum"]], cell["population"]) for cell in body["cells"]]
    return sum(count for row, count in cells if row["respondents"]) / sum(count for _, count in cells)


def spread(body: dict, strata: dict, each: list, units: list, p: float, shares: list, rates: list) -> dict:
    """Return linearised error, interval and design effect of the estimate p.

    v_lin = sum_h (1 - r_h/N_h) r_h/(r_h - 1) (sum z^2 - (sum z)^2 / r_h) with z = u (y - P); sum z^2 where
    r_h = 1. v_s = sum_h (1 - r_h/N_h) q_c (1 - q_c) sum u^2 with q_c = (n_c f_c + k (1 - R)) / (n_c + k), c
    the class of the stratum (strata of one name), n_c its answered units, f_c the weighted share of failures,
    k the square root of all answered units. v = t v_lin + (1 - t) v_s, t = e / (e + 30 K), e = min(R, 1 - R)
    and K = sum_h (1 - r_h/N_h) sum u^2. Interval: Wilson on R (1 - R) / v units.
    """
    z1, z2, u2 = defaultdict(float), defaultdict(float), defaultdict(float)
    number, mass, passed = defaultdict(float), defaultdict(float), defaultdict(float)
    for (draw, stratum, _, is_pass), share, rate, weight in zip(units, shares, rates, each, strict=True):
        key, residual = (draw, stratum), share * (is_pass - rate)
        z1[key] += residual
        z2[key] += residual * residual
        u2[key] += share * share
        number[stratum] += 1
        mass[stratum] += weight
        passed[stratum] += weight * is_pass
    linear, smooth, scale, pseudo = 0.0, 0.0, 0.0, math.sqrt(len(units))
    for key, row in strata.items():
        r = row["respondents"]
        if not row["population"]:
            continue
        free, kind = 1 - r / row["population"], key[1]
        inner = max(z2[key] - z1[key] ** 2 / r, 0.0) * r / (r - 1) if r > 1 else z2[key]
        failing = 1 - min(passed[kind] / mass[kind], 1.0) if mass[kind] else 0.0
        q = (number[kind] * failing + pseudo * (1 - p)) / (number[kind] + pseudo)
        linear += free * inner
        smooth += free * q * (1 - q) * u2[key]
        scale += free * u2[key]
    rarer = min(p, 1 - p)
    trust = rarer / (rarer + 30 * scale) if rarer + 30 * scale > 0 else 0.0
    variance = trust * linear + (1 - trust) * smooth
    bernoulli = p * (1 - p)
    size = math.inf
    if scale > 0:
        size = bernoulli / variance if bernoulli > 1e-12 and variance > 0 else 1 / scale
    lower, upper = wilson(p, size, len(units), float(body["method"]["confidence"]))
    n, total = len(units), sum(each)
    simple = (1 - n / total) * bernoulli / (n - 1) if n > 1 else 0.0
    effect = linear / simple if simple > 0 else None
    return {"lower": lower, "upper": upper, "standard_error": math.sqrt(linear), "design_effect": effect}


def wilson(p: float, n: float, units: int, level: float) -> tuple:
    """Return the score interval (Wilson 1927) on an effective n; Student's quantile of units - 1 (Peiser)."""
    need(n > 0, "the effective sample size is zero")
    normal = NormalDist().inv_cdf((1 + level) / 2)
    z = normal + (normal**3 + normal) / (4 * max(units - 1, 1))
    scale = 1 / (1 + z * z / n)
    centre = (p + z * z / n / 2) * scale
    half = z * scale * math.sqrt(p * (1 - p) / n + z * z / n / n / 4)
    return min(max(centre - half, 0.0), p), max(min(centre + half, 1.0), p)


def read_bundle(path: Path) -> dict:
    """Read the JSON object in a file."""
    try:
        need(path.stat().st_size <= MOST_BYTES, f"{path.name} is too large for a bundle")
        bundle = read_json(path.read_bytes().decode())
        need(isinstance(bundle, dict), f"{path.name} is no bundle")
        return bundle
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path} cannot be read ({error})") from None


def verify(path: Path) -> str:
    """Check one bundle file and say what was verified."""
    checks = {"zhiheng/draw-bundle/1": check_draw, "zhiheng/figure-bundle/1": check_figure}
    try:
        bundle = read_bundle(path)
        need(bundle.get("type") in checks, "the file is no draw and no figure bundle")
        return checks[bundle["type"]](bundle, path.parent)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
        raise Refused(f"a field is missing or malformed ({type(error).__name__}: {error})") from None
    except MemoryError:
        raise Refused("the file asks for more memory than this machine has") from None


def main(arguments: list) -> int:
    """Check the named file; 0 verified, 1 refused, 2 wrong use."""
    if len(arguments) != 1 or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments else 2
    try:
        print("verified:", verify(Path(arguments[0])))
        return 0
    except Refused as reason:
        print(f"refused: {reason}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
