#!/usr/bin/env python3
"""Checks a draw or a figure that Zhiheng published, with nothing but this file and Python 3.11.

    python verify.py draw-330000-2024Q1-001.json      or figure-mfg_product_pass_rate-330000-2024Q1.json

It ends with 0 and says what it verified, or with 1 and the reason; it shares no line with the other programs.

A draw (抽取): ledger entries have their hashes and name one another, the announcement before the result; the
secret is the committed one; seed, tickets, sample, reserves, inspectors are computed anew. A figure (数据) is
of its release, which the ledger names; its numbers are computed again from the rows, which must be the drawn
units where the draws (draw-*.json) lie in the same folder. A receipt (回执): the log holds the entry.

No file shows that a verdict is true. Compare the key of the log, or the last hash, with the published ones.
"""

import argparse
import base64
import hashlib
import hmac
import json
import math
import re
import sys
from collections import Counter, defaultdict
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import NormalDist

LARGEST, TOLERANCE = 2**53 - 1, 1e-6
MOST_BYTES, MOST_CLASSES, MOST_PAIRS, MOST_LISTS, MOST_NOTES = 2**28, 1000, 10**8, 64, 64  # or it takes hours
MARKS = {"demonstration": "demonstration data, ", "operational": ""}


class Refused(Exception):
    """The file does not hold what it claims."""


class Record(dict):
    """A JSON object: row.unit is row["unit"]. A row is at home in a stratum of a draw; y = 1 for a pass."""

    __getattr__ = dict.__getitem__
    home = property(lambda row: (row.draw, row.stratum))
    y = property(lambda row: row.verdict == "pass")


def need(holds: bool, reason: str) -> None:  # refuse unless something holds
    if not holds:
        raise Refused(reason)


def agree(stated: Record, **found) -> None:  # refuse a field of which another value was found than is stated
    for name, value in found.items():
        need(stated[name] == value, f"{name} is {str(stated[name])[:70]}, but found was {str(value)[:70]}")


def only(value: Record, keys: str, name: str, perhaps: str = "") -> None:  # no key missing, none strange
    need(set(value) - {perhaps} == set(keys.split()), f"{name} has not exactly its fields")


def read(path: Path) -> Record:
    """Read JSON that holds no floats, no doubled keys and no integers that readers disagree about."""

    def record(pairs):
        need(len(dict(pairs)) == len(pairs), "a key stands twice in one object")
        need("".join(dict(pairs)).isascii(), "a key is not ASCII")
        return Record(pairs)

    def integer(digits):
        is_one = re.fullmatch("-?[0-9]{1,16}", digits) and abs(int(digits)) <= LARGEST
        need(is_one, f"the number {digits[:30]} is no integer up to 2^53-1")
        return int(digits)

    need(path.stat().st_size <= MOST_BYTES, f"{path.name} is too large")
    numbers = dict.fromkeys(("parse_int", "parse_float", "parse_constant"), integer)
    found = json.loads(path.read_bytes().decode(), object_pairs_hook=record, **numbers)
    need(isinstance(found, Record), f"{path.name} holds no JSON object")
    return found


def canonical(value) -> bytes:  # the one text of a value: RFC 8785 for ASCII keys and integers
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value) -> str:  # SHA-256 of bytes, or of the canonical text of a value
    return hashlib.sha256(value if isinstance(value, bytes) else canonical(value)).hexdigest()


def totals(parts) -> dict:  # sums of a, b, ... over the tuples (key, a, b, ...) of each key, in their order
    found = {}
    for key, *numbers in parts:
        found[key] = [a + b for a, b in zip(found[key], numbers, strict=True)] if key in found else numbers
    return found


def check_ledger(entries: list) -> tuple:
    """Check the hash of every entry, and that it names the one before it wherever that one is here."""
    # hash = H({body, previous, seq}) and body = H(statement without previous and seq); of an entry that may
    # not be shown, body stands here instead. Returned are those shown, and the first that names each thing.
    need(entries, "the file holds no ledger entry")
    last, head, names = 0, "0" * 64, {}
    for entry in entries:
        is_shown = "statement" in entry
        only(entry, "statement hash" if is_shown else "seq previous body hash", "a ledger entry")
        said = dict(entry.statement if is_shown else entry)
        seq, previous = said.pop("seq"), said.pop("previous")
        need(type(seq) is int and seq > last, f"ledger entry {seq} is out of order")
        need(seq > last + 1 or previous == head, f"the ledger breaks at entry {seq}")
        body = digest(said) if is_shown else entry.body
        agree(entry, hash=digest({"body": body, "previous": previous, "seq": seq}))
        last, head = seq, entry.hash
        for key in {"announcement_hash", "certificate_sha256"} & (set(said["detail"]) if is_shown else set()):
            names.setdefault((key, said["detail"][key]), entry)
    return [entry for entry in entries if "statement" in entry], names


def tree_root(leaf: bytes, index: int, size: int, path: list) -> bytes:
    """Return the root to which a path leads from a leaf of a tree, H(0, leaf) or H(1, left, right)."""
    # on the left stand as many leaves as the largest power of two below the size (RFC 9162, 2.1)
    need(0 <= index < size and bool(path) == (size > 1), "this is no place in a tree")
    if size == 1:
        return hashlib.sha256(b"\0" + leaf).digest()
    half, (*path, other) = 1 << (size - 1).bit_length() - 1, path
    need(len(other) == 32, "a step in a tree is no hash")
    is_left = index < half
    node = tree_root(leaf, index, half, path) if is_left else tree_root(leaf, index - half, size - half, path)
    return hashlib.sha256(b"\1" + (node + other if is_left else other + node)).digest()


def unbase(text: str) -> bytes:  # standard base64 in its one form
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "a base64 text has another form")
    return data


# Ed25519 (RFC 8032): the points of -x^2 + y^2 = 1 + d x^2 y^2 modulo p; B generates the group of order q.
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)


def point(data: bytes) -> tuple:
    """Return the point that 32 bytes name: y, and in the top bit whether x is odd; refuse other bytes."""
    y, is_odd = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    is_point = len(data) == 32 and y < P and x * x % P == square and x >= is_odd
    need(is_point, "32 bytes name no point of edwards25519")
    return x if x % 2 == is_odd else P - x, y


def plus(one: tuple, two: tuple) -> tuple:
    """Return x = (x1 y2 + x2 y1) / (1 + t) and y = (y1 y2 + x1 x2) / (1 - t) with t = d x1 x2 y1 y2."""
    (x1, y1), (x2, y2) = one, two
    t = D * x1 * x2 * y1 * y2 % P
    part = pow(1 - t * t, -1, P)
    return (x1 * y2 + x2 * y1) * (1 - t) * part % P, (y1 * y2 + x1 * x2) * (1 + t) * part % P


def times(number: int, one: tuple) -> tuple:  # by doubling and adding
    total = times(number // 2, plus(one, one)) if number else (0, 1)
    return plus(total, one) if number % 2 else total


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether s B = R + H(R, A, message) A for a signature R, s of the key A."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % Q
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return len(signature) == 64 and s < Q and times(s, base) == plus(point(r), times(h, point(public)))


@lru_cache(MOST_NOTES)
def checkpoint(note: str, vkey: str) -> tuple:
    """Return size and root of a log, signed by its key (c2sp.org/signed-note and tlog-checkpoint)."""
    name, mark, key = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", vkey).groups()
    own = hashlib.sha256(name.encode() + b"\n" + unbase(key)).digest()[:4]
    need(own.hex() == mark and unbase(key)[:1] == b"\1", "this is no Ed25519 key of a log")
    text, _, below = note.rpartition("\n\n")
    signers = [re.fullmatch(r"\u2014 ([^\s+]+) (\S+)", line).groups() for line in below.split("\n")[:-1]]
    found = [unbase(value)[4:] for who, value in signers if (who, unbase(value)[:4]) == (name, own)]
    is_note = below.endswith("\n") and not re.search("[\0-\x09\x0b-\x1f]", note) and 0 < len(signers) <= 100
    are_sound = found and all(is_signed(unbase(key)[1:], one, f"{text}\n".encode()) for one in set(found))
    need(is_note and are_sound, f"{name} did not sign this")
    origin, size, root, *more = text.split("\n")
    need(origin == name and re.fullmatch("[0-9]{1,19}", size) and "" not in more, "this is no checkpoint")
    return int(size), unbase(root)


def check_seal(proof: str, statement: Record, vkey: str) -> None:
    """See that a statement stands in the log (c2sp.org/tlog-proof): its canonical text is the leaf."""
    head, _, note = proof.partition("\n\n")
    form = r"c2sp\.org/tlog-proof@v1\n(?:extra [\w+/=]+\n)?index (0|[1-9][0-9]{0,18})((?:\n[\w+/=]{44})*)"
    need(found := re.fullmatch(form, head, re.ASCII), "this is no receipt of a log")
    size, root = checkpoint(note, vkey)
    path = [unbase(line) for line in found[2].split()]
    need(tree_root(canonical(statement), int(found[1]), size, path) == root, "the log does not hold this")


def check_log(bundle: Record, shown: list) -> str:
    """Check the receipts of a bundle, if it has any: each proves one shown entry in the log of one key."""
    if "log" not in bundle:
        return "not sealed in a log"
    only(bundle.log, "vkey receipts", "the log")
    entries = {entry.statement.seq: entry.statement for entry in shown}
    notes = {receipt.proof.partition("\n\n")[2] for receipt in bundle.log.receipts}
    need(0 < len(notes) <= MOST_NOTES, "the log has no receipt, or more checkpoints than can be checked")
    for receipt in bundle.log.receipts:
        only(receipt, "seq proof", "a receipt")
        check_seal(receipt.proof, entries.pop(receipt.seq), bundle.log.vkey)
    return f"{len(shown) - len(entries)} of {len(shown)} entries sealed by {bundle.log.vkey}"


def check_receipt(receipt: Record, _: Path) -> tuple:  # one that stands alone
    said = receipt.statement
    only(receipt, "type vkey statement proof", "the receipt")
    check_seal(receipt.proof, said, receipt.vkey)
    return f"entry {said.seq} of {said.at}, {said.verb}, sealed by {receipt.vkey}", said


def check_draw(bundle: Record, folder: Path) -> tuple:
    """Repeat a draw (zh-draw-1 within strata); say which, and return the units that could be drawn."""
    # seed = HMAC(secret, "zh-draw-1" 0 H(announcement) H(beacon)); excluded units have probability 0
    only(bundle, "type certificate frame ledger", "the bundle", "log")
    (shown, names), result = check_ledger(bundle.ledger), bundle.certificate
    said, beacon, secret = result.announcement, result.beacon, bytes.fromhex(result.secret)
    method = "pareto" if "weighting" in said else f"{'prn' if 'numbers' in said else 'srs'}-within-strata"
    agree(said, alg="zh-draw-1", hash="sha256", method=method, n=sum(row.sample for row in said.strata))
    agree(said, draw_id=result.serial, frame_hash=result.frame.sha256, frame_size=result.frame.size)
    agree(said, **{name: result[name] for name in ("obligation", "region", "period", "commitment")})
    agree(said, pairing_hash=digest(result.pairing))
    used = [{"kind": one.kind, "ref": one.ref} for one in (*beacon.get("skipped", []), beacon)]
    order = [said.beacon, *said.get("beacon_fallbacks", {}).get("order", [])]
    need(used == order[: len(used)], "the beacon is not the next one of those announced")
    if (gone := result.get("exclusions", [])) or "exclusions" in said:
        agree(said, exclusions={"count": len(gone), "sha256": digest(gone)})
    shares = [None if "weighting" in said else [row.sample, row.population] for row in said.strata]
    agree(result, strata=[{**row, "probability": p} for row, p in zip(said.strata, shares, strict=True)])
    hashes = bytes.fromhex(digest(said) + digest(bytes.fromhex(beacon.value)))
    seed = hmac.digest(secret, b"zh-draw-1\0" + hashes, "sha256")
    agree(said, commitment=digest(secret) if len(secret) >= 32 else "of a short secret")
    agree(result, announcement_hash=digest(said), seed=seed.hex())
    announced = names.get(("announcement_hash", digest(said)))
    published = names.get(("certificate_sha256", digest(result)))
    need(announced and published, "no ledger entry names this announcement, or this certificate")
    agree(result, committed=announced.hash)
    need(announced.statement.seq < published.statement.seq, "the certificate stands before its announcement")
    rows = in_joined_strata(read_frame(bundle.frame, folder, said, {row.unit for row in gone}), said)
    need(len(rows) == said.frame_size - len(gone), "an excluded unit stands twice, or not in the frame")
    check_selection(result, rows, seed, shown)
    check_pairs(result, {row[0]: row[4] for row in rows}, seed)
    names = result.get("openings", [])  # of a frame with salted names, name = H(salt, id), the drawn ones
    real = {o.unit: o.id for o in names if digest(bytes.fromhex(o.salt) + o.id.encode()) == o.unit}
    opened = set(real) == {row.unit for row in result.selected if "ids" in said}
    need(opened and len({*real.values()}) == len(names), "the drawn units are not opened, each once")
    drawn = {real.get(row.unit, row.unit) for row in result.selected}
    about = f"{MARKS[result.data]}draw {result.serial}, {len(drawn)} of {len(rows)} units"
    about += f"; {check_log(bundle, shown)}; ledger {bundle.ledger[-1].hash}"
    return about, [[real.get(row[0], row[0]), *row[1:]] for row in rows], drawn


def read_frame(frame: Record, folder: Path, said: Record, gone: set) -> list:
    """Read the frame file: unit, weight, stratum, region, division of each unit that is not excluded."""
    only(frame, "lines" if "lines" in frame else "file", "the frame")
    if "file" in frame:
        need(re.fullmatch(r"frame-[A-Za-z0-9-]{1,120}\.tsv", frame.file), "the frame has a strange file name")
    data = (folder / frame.file).read_bytes() if "file" in frame else frame.lines.encode()
    rows = [line.decode().split("\t") for line in data[:-1].split(b"\n")]
    agree(said, frame_hash=digest(data), frame_size=len(rows))
    need(data.endswith(b"\n") and all(len(row) == 5 for row in rows), "a line of the frame is not whole")
    need(all(a[0] < b[0] for a, b in pairwise(rows)), "the frame is not sorted, or a unit stands twice")
    return [row for row in rows if row[0] not in gone]


def in_joined_strata(rows: list, said: Record) -> list:
    """Join neighbouring classes as a small quota demands (zh-join-1); return the rows as they were drawn."""
    # while the least numbers exceed the quota two neighbours become one: of the same risk class (first
    # letter) first, then those with the fewest units together, then the first in order
    if (table := said.get("joined")) is None:
        return rows
    agree(table, rule="zh-join-1", quota=said.n)
    sizes, least = Counter(row[2] for row in rows), table.get("least", {})
    need(len(sizes) <= MOST_CLASSES, "more classes are joined than this program bears")
    groups = [([name], sizes[name], least.get(name, 0)) for name in sorted(sizes)]
    while len(groups) > 1 and sum(min(n, max(table.minimum, m)) for _, n, m in groups) > table.quota:
        near = [(a[0][0][0] != b[0][0][0], a[1] + b[1], at) for at, (a, b) in enumerate(pairwise(groups))]
        at = min(near)[2]
        groups[at : at + 2] = [[a + b for a, b in zip(*groups[at : at + 2], strict=True)]]
    made = [{"stratum": f"{of[0]}~{of[-1]}", "of": of} for of, *_ in groups if len(of) > 1]
    need(made and made == table.strata, "the rule zh-join-1 gives other joined strata")
    joined = {name: row["stratum"] for row in made for name in row["of"]}
    return [[*row[:2], joined.get(row[2], row[2]), *row[3:]] for row in rows]


def check_weights(table: Record, n: int, rows: list) -> dict:
    """Work out who is certain in a draw by weight: as long as n w >= W for classes left, all in them are."""
    free, left, total = table.classes, n, sum(row.population * row.weight for row in table.classes)
    held, most = {row.stratum: row.population for row in free if row.weight > 0}, len(free) <= MOST_CLASSES
    need(most and held == Counter(row[2] for row in rows), "the frame holds other classes")
    while sure := [row for row in free if left * row.weight >= total]:
        free = [row for row in free if row not in sure]
        left -= sum(row.population for row in sure)
        total -= sum(row.population * row.weight for row in sure)
    agree(table, rule="zh-weight-1", certain=n - left, left=left, weight=total)
    return {row.stratum: row.weight for row in table.classes}


def check_selection(result: Record, rows: list, seed: bytes, shown: list) -> None:
    """Order every stratum by its tickets, HMAC(seed, "unit" 0 id), and compare sample and reserves."""
    # a panel takes the tickets of its first draw and counts them from a turning start, shift times turn; by
    # weight: the certain units, then u (W - n w) / ((1 - u) w) rising with u = (2 t + 1) / 2^257 (Pareto)
    said, strata, start, drawn, reserves, share = result.announcement, defaultdict(list), 0, [], [], {}
    table, (top, bottom) = said.get("weighting"), (said.numbers.shift if "numbers" in said else (0, 1))
    if "numbers" in said:
        seed, start = bytes.fromhex(said.numbers.seed), (said.numbers.turn * top % bottom << 256) // bottom
    weight = check_weights(table, said.n, rows) if table else {}
    for unit, _, stratum, *_ in rows:
        place = (int.from_bytes(hmac.digest(seed, b"unit\0" + unit.encode(), "sha256")) - start) % 2**256
        if table:
            u, w, total = 2 * place + 1, weight[stratum], table.left * weight[stratum]
            p = Fraction(total, table.weight) if total < table.weight else Fraction(1)
            share[unit] = {"probability": [p.numerator, p.denominator]}
            place = Fraction(u * (table.weight - total), (2**257 - u) * w) if p < 1 else -1
        strata["*" if table else stratum].append((place, unit.encode(), unit))
    for row in said.strata:
        order, n = sorted(strata.pop(row.stratum, ())), row.sample
        need(0 < n <= len(order) == row.population, f"stratum {row.stratum} has another size")
        listed = [{"unit": one, "stratum": row.stratum, "order": at} for at, (*_, one) in enumerate(order, 1)]
        drawn += [{**one, **share.get(one["unit"], {}), "inspectors": None} for one in listed[:n]]
        reserves += listed[n : n + said.reserves]
    need(not strata, "the frame holds other strata")
    need([{**row, "inspectors": None} for row in result.selected] == drawn, "the tickets give another sample")
    need(result.reserves == reserves, "the tickets give other reserves")
    open_, line = ({(row["stratum"], row["order"]) for row in part} for part in (drawn, reserves))
    last = {row.stratum: row.sample for row in said.strata}
    for used in (entry.statement.detail for entry in shown if entry.statement.verb == "draw.reserve_used"):
        last[used.stratum] += 1
        place, gone = (used.stratum, used.place), (used.stratum, used.instead_of)
        is_next = used.place == last[used.stratum] and place in line and gone in open_
        need(is_next, "a reserve was used out of turn, or for nobody")
        open_.remove(gone)


def check_pairs(result: Record, divisions: dict, seed: bytes) -> None:
    """Pair inspectors again: by ticket, no conflict, own field, below the cap, two offices where possible."""
    terms, loads = result.pairing, Counter()
    cap = math.inf if terms.cap is None else terms.cap
    barred = {(row.unit, row.inspector) for row in terms.conflicts}
    need(len(result.selected) * len(terms.inspectors) <= MOST_PAIRS, "more pairs than this program bears")
    for unit, pair in ((row.unit, row.inspectors) for row in result.selected):
        able = [who for who in terms.inspectors if loads[who.key] < cap and (unit, who.key) not in barred]
        free = [who for who in able if "fields" not in who or divisions[unit] in who.fields]
        free.sort(key=lambda who: hmac.digest(seed, f"pair\0{unit}\0{who.key}".encode(), "sha256"))
        need(len(free) > 1, f"unit {unit} cannot have two inspectors")
        others = [who for who in free[1:] if who.office != free[0].office] or free[1:]
        need(pair == [free[0].key, others[0].key], f"unit {unit} falls to other inspectors")
        loads.update(pair)


def check_figure(bundle: Record, folder: Path) -> tuple:
    """Compute a figure again from its bundle; say which, and return its numbers."""
    only(bundle, "type body digest inclusion ledger", "the bundle", "log")
    (shown, names), body, said = check_ledger(bundle.ledger), bundle.body, bundle.body.figure
    agree(bundle, digest=digest(body))
    agree(body, rows_sha256=digest(body.rows))
    only(bundle.inclusion, "index size path", "the inclusion")
    size, path = bundle.inclusion.size, [bytes.fromhex(step) for step in bundle.inclusion.path]
    root = tree_root(bytes.fromhex(bundle.digest), bundle.inclusion.index, size, path).hex()
    told = [entry.statement.detail for entry in shown]
    held = [one for one in told if (one.get("figures_count"), one.get("figures_root")) == (size, root)]
    need(held and held[0].dataset_sha256 == body.dataset_sha256, "no release in the ledger holds this figure")
    logged = {value for key, value in names if key == "certificate_sha256"}
    need({draw.certificate_sha256 for draw in body.draws} <= logged, "the ledger does not name a draw")
    lists = {draw.serial: compare_draw(body, draw, folder) for draw in body.draws}
    compare_lists(body, {serial: held for serial, held in lists.items() if held})
    check_rows(body)
    computed = compute(body)
    for name, found in computed.items():
        off = 0 if said[name] is found else math.inf if found is None else abs(float(said[name]) - found)
        need(off <= TOLERANCE, f"{name} is {found} when computed again, not {said[name]}")
    name = "-".join(filter(None, (said.series, said.region, said.period, said.division)))
    numbers = "{estimate:.4f} ({lower:.4f} to {upper:.4f})".format(**computed)
    missing = list(lists.values()).count(None)
    said_not = ", not checked: the draw's bundle is not beside this file" if missing else ""
    rows = f"rows are the drawn units of {len(lists) - missing} of {len(lists)} draws{said_not}"
    about = f"{MARKS[body.data]}figure {name}, {numbers}, n = {said.n}; {rows}"
    return f"{about}; {check_log(bundle, shown)}; ledger {bundle.ledger[-1].hash}", computed


def compare_draw(body: Record, draw: Record, folder: Path) -> tuple | None:
    """Where the draw lies beside the figure, repeat it: strata, cells and units are the figure's, exactly."""
    # returned are what the draw was about, and the stratum of each unit that could be drawn
    path, is_whole = folder / f"draw-{draw.serial}.json", body.method.id == "post-stratified"
    if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", draw.serial) or not path.is_file():
        return None
    bundle = read(path)
    need(digest(bundle.certificate) == draw.certificate_sha256, f"{path.name} holds another certificate")
    (_, frame, drawn), result = check_draw(bundle, folder), bundle.certificate
    agree(body, data=result.data)
    mine = {key: [row for row in body[key] if row.draw == draw.serial] for key in ("strata", "cells", "rows")}
    units = {row[0]: row[2:] for row in frame if is_whole or in_domain(body.figure, *row[3:])}
    cells = Counter((stratum, division) for stratum, _, division in units.values())
    found = {(row.stratum, row.population, row.sample) for row in result.strata}
    found |= {(*cell, population) for cell, population in cells.items()}
    found |= {(unit, *units[unit]) for unit in drawn if unit in units}
    stated = {(row.stratum, row.population, row.sample) for row in mine["strata"]}
    stated |= {(cell.stratum, cell.division, cell.population) for cell in mine["cells"] if cell.population}
    stated |= {(row.unit, row.stratum, row.region, row.division) for row in mine["rows"]}
    odd = min(map(str, stated ^ found), default="")
    need(not odd, f"strata, cells and rows are not those of {path.name}: left out or added is {odd}")
    said = result.announcement
    return (said.period, (said.get("scope") or {}).get("item")), {row[0]: row[2] for row in frame}


def compare_lists(body: Record, lists: dict) -> None:
    """Over several lists, look each unit up in the others on the same goods and period: all is stated."""
    overlaps, is_several = body.get("overlaps", []), body.method.id == "multiple-frame"
    stated = {(row.draw, row.unit, row.other): row.source for row in overlaps}
    need(len(stated) == len(overlaps) and (is_several or not overlaps), "an overlap too many")
    sources = {(True, True): "listed", (True, False): "told", (False, False): "unknown"}
    for row in overlaps:
        only(row, "draw unit other source code stratum", "an overlap")
        agree(row, source=sources.get((row.stratum is not None, row.code == row.unit)))
        held = lists[row.other][1].get(row.code) if row.other in lists else row.stratum
        need(row.stratum in (None, held), f"the list of {row.other} does not hold {row.code} in this stratum")
    for row in (row for row in body.rows if is_several and row.draw in lists):
        for other, (goods, units) in lists.items():
            is_in_both = other != row.draw and goods == lists[row.draw][0] and row.unit in units
            is_stated = stated.get((row.draw, row.unit, other)) == "listed"
            need(is_stated or not is_in_both, f"unit {row.unit} stands in the list of {other} too")


def in_domain(figure: Record, region: str, division: str) -> bool:
    # where the figure is about: the first digits of its region, one division or all
    return region.startswith(re.sub("(00){1,3}$", "", figure.region)) and figure.division in ("", division)


def check_rows(body: Record) -> None:
    """See that each row lies in the figure and weighs N/r, or 1 / the sum of its chances; count all again."""
    said, kind, rule, chance = body.figure, body.method.id, body.size_rule, chances(body)
    divisions, slack = {row.division for row in body.outputs}, TOLERANCE if kind == "multiple-frame" else 0
    need(len(body.rows) == len(chance), "a unit stands twice")
    need({row.division for row in body.rows} <= divisions, "a unit lies in a division without output")
    need(not said.division or divisions == {said.division}, "other divisions stand in the figure")
    for row in body.rows:
        need(in_domain(said, row.region, row.division), f"unit {row.unit} lies outside the figure")
        fits = row.verdict is None and row.weight is None
        if row.visit == "sampled":
            off = abs(Fraction(*row.weight) * sum(chance[row.draw, row.unit][0]) - 1)
            fits = row.weight[1] > 0 and off <= slack and row.verdict in ("pass", "fail")
        need(fits, f"unit {row.unit} has not the verdict and the weight of its visit")
    of_row = [(row.home, 1, int(row.verdict is not None), 0) for row in body.rows]
    counted = totals(of_row + [(cell.home, 0, 0, cell.population) for cell in body.cells])
    is_whole = kind == "post-stratified" or (kind == "multiple-frame" and not said.division)
    for row in body.strata:
        found, stated = counted.get(row.home, [0, 0, 0]), [row.sample, row.respondents, row.population]
        fits = found == stated if is_whole else all(a <= b for a, b in zip(found, stated, strict=True))
        need(fits, f"rows and cells do not fit stratum {row.stratum} of draw {row.draw}")
    need({row.serial for row in body.draws} == {row.draw for row in body.strata}, "strata of other draws")
    drawn, n, N = map(sum, zip(*counted.values(), strict=True))
    state = "suppressed" if n < rule.minimum else "thin" if n < rule.firm else "published"
    agree(said, n=n, n_sampled=drawn, population=N, status="census" if n == N else state)


def chances(body: Record) -> dict:
    """Return r/N of each row in the lists that hold it, and the highest of those of which it is not known."""
    share = {row.home: Fraction(row.respondents, row.population or 1) for row in body.strata}
    are_clear = len(share) == len(body.strata) and all(row.home in share for row in body.rows)
    need(are_clear, "a stratum stands twice, or a unit is in none")
    found, highest = {(row.draw, row.unit): ([share[row.home]], []) for row in body.rows}, {}
    for (draw, _), part in share.items():
        highest[draw] = max(part, highest.get(draw, 0))
    for row in body.get("overlaps", ()):
        known, perhaps = found[row.draw, row.unit]
        if row.stratum is None:
            perhaps.append(highest[row.other])
        elif share[row.other, row.stratum]:
            known.append(share[row.other, row.stratum])
        need(len(known) + len(perhaps) <= MOST_LISTS, "more lists hold a unit than this program bears")
    return found


def compute(body: Record) -> dict:
    """Return all numbers of the figure from its rows (docs/methods: pass-rate.md, multiple-frames.md)."""
    # y = 1 for a pass; a unit weighs w = 1 / the sum of its chances r/N, N/r in one list alone. Where it
    # is not known which do, the interval spans from the lowest to the highest rate that this allows
    agree(body.method, interval="wilson-composite", version="1")
    chance, rows, kind = chances(body), [row for row in body.rows if row.verdict], body.method.id
    need(kind in ("post-stratified", "hajek", "multiple-frame"), "this program does not know the method")
    held = [chance[row.draw, row.unit] for row in rows]
    most = [float(1 / sum(known)) for known, _ in held]
    one, met = ({row.division: ("", 1.0) for row in body.outputs}, {"": 1.0}), {row.division for row in rows}
    found = estimate(body, rows, most, *one)
    hajek, answered = found["estimate"], {row.home for row in body.strata if row.respondents}
    sizes = [(cell.population, cell.home in answered) for cell in body.cells]
    if kind == "post-stratified":
        found = estimate(body, rows, most, *output_groups(body))
        sizes = [(float(row.output), row.division in met) for row in body.outputs]
    if kind == "multiple-frame":
        least = [float(1 / (sum(known) + sum(perhaps))) for known, perhaps in held]
        low = [b if row.y else a for row, a, b in zip(rows, most, least, strict=True)]
        high = [a if row.y else b for row, a, b in zip(rows, most, least, strict=True)]
        found["lower"] = min(found["lower"], estimate(body, rows, low, *one)["lower"])
        found["upper"] = max(found["upper"], estimate(body, rows, high, *one)["upper"])
    coverage = math.fsum(size for size, is_met in sizes if is_met) / math.fsum(size for size, _ in sizes)
    return {**found, "raw": sum(row.y for row in rows) / len(rows), "hajek": hajek, "coverage": coverage}


def output_groups(body: Record) -> tuple:
    """Return group g and worth v of a unit of each division, and the output V_g of each group."""
    # divisions in which too few answers are expected, sum N_hd r_h / N_h, are one group, with as many next
    # ones as it needs itself; in it a unit is worth the output of its division by the units there
    share = {row.home: row.respondents / (row.population or 1) for row in body.strata}
    sums = totals((cell.division, cell.population, cell.population * share[cell.home]) for cell in body.cells)
    output, enough = {row.division: float(row.output) for row in body.outputs}, body.method.alone_from
    inside = sorted((d for d in output if sums.get(d, [0])[0]), key=lambda d: sums[d][1])
    pooled, held = {d for d in inside if sums[d][1] < enough}, 0.0
    for d in inside if pooled else ():
        pooled |= {d} if held < enough else set()
        held += sums[d][1]
    place = {d: ("", output[d] / sums[d][0]) if d in pooled else (d, 1.0) for d in output}
    value = totals((place[d][0], output[d]) for d in inside)
    return place, {g: total for g, (total,) in value.items()}


def estimate(body: Record, rows: list, weights: list, place: dict, value: dict) -> dict:
    """Return R = sum V_g P_g / sum V_g over the groups g met, P_g = sum v w y / sum v w, and how sure it is.

    v_lin = sum_h (1 - r_h/N_h) r_h/(r_h - 1) (sum z^2 - (sum z)^2 / r_h) with z = u (y - P_g), where
    u = v w V_g / (sum v w sum V_g) is the share of a unit in R; sum z^2 where r_h = 1.
    v_s = sum_h (1 - r_h/N_h) q_c (1 - q_c) sum u^2 with q_c = (n_c f_c + k (1 - R)) / (n_c + k), c the class
    of the stratum (strata of one name), n_c its answered units, f_c the weighted share of failures, k the
    square root of all answered units. v = t v_lin + (1 - t) v_s, t = e / (e + 30 K), e = min(R, 1 - R) and
    K = sum_h (1 - r_h/N_h) sum u^2. Interval: Wilson on R (1 - R) / v units.
    """
    units = [(row, *place[row.division], w) for row, w in zip(rows, weights, strict=True)]
    sums = totals((g, v * w, v * w * row.y) for row, g, v, w in units)
    base = math.fsum(value[g] for g in sums if sums[g][0])
    rates = {g: passed / (mass or 1.0) for g, (mass, passed) in sums.items()}
    shares = {g: value[g] / (base * mass) if mass else 0.0 for g, (mass, _) in sums.items()}
    p = math.fsum(value[g] * rates[g] for g in sums if sums[g][0]) / base
    scores = [(row.home, v * w * shares[g], row.y - rates[g]) for row, g, v, w in units]
    strata = totals((home, u * e, u * e * (u * e), u * u) for home, u, e in scores)
    classes = totals((row.stratum, 1, w, w * row.y) for row, _, _, w in units)
    n, k, linear, smooth, scale = len(rows), math.sqrt(len(rows)), 0.0, 0.0, 0.0
    for row in body.strata:
        r, (z, zz, uu) = row.respondents, strata.get(row.home, (0.0, 0.0, 0.0))
        number, mass, passed = classes.get(row.stratum, (0, 1.0, 0.0))
        free = 1 - r / row.population if row.population else 0.0
        q = (number * (1 - min(passed / mass, 1.0)) + k * (1 - p)) / (number + k)
        linear += free * (max(zz - z * z / r, 0.0) * r / (r - 1) if r > 1 else zz)
        smooth += free * q * (1 - q) * uu
        scale += free * uu
    rarer, both = min(p, 1 - p), p * (1 - p)
    trust = rarer / (rarer + 30 * scale) if rarer + 30 * scale > 0 else 0.0
    variance = trust * linear + (1 - trust) * smooth
    size = both / variance if both > 1e-12 and variance > 0 else 1 / (scale or math.inf)
    lower, upper = wilson(p, size if scale > 0 else math.inf, n, float(body.method.confidence))
    simple = (1 - n / math.fsum(weights)) * both / (n - 1) if n > 1 else 0.0
    effect, error = linear / simple if simple > 0 else None, math.sqrt(linear)
    return {"estimate": p, "lower": lower, "upper": upper, "standard_error": error, "design_effect": effect}


def wilson(p: float, n: float, units: int, level: float) -> tuple:
    """Return the score interval (Wilson 1927) on an effective n; Student's quantile of units - 1 (Peiser)."""
    need(n > 0, "the effective sample size is zero")
    normal = NormalDist().inv_cdf((1 + level) / 2)
    z = normal + (normal * normal * normal + normal) / (4 * max(units - 1, 1))
    scale = 1 / (1 + z * z / n)
    centre = (p + z * z / n / 2) * scale
    half = z * scale * math.sqrt(p * (1 - p) / n + z * z / n / n / 4)
    return min(max(centre - half, 0.0), p), max(min(centre + half, 1.0), p)


CHECKS = {"zhiheng/draw-bundle/1": check_draw, "zhiheng/figure-bundle/1": check_figure}
CHECKS["zhiheng/receipt/1"] = check_receipt


def main(arguments: list) -> int:
    """Check the named file; 0 verified, 1 refused, 2 wrong use."""
    parser = argparse.ArgumentParser(epilog=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--vkey", help="the key of the log as you know it, name+hash+key: no other may seal")
    asked = parser.parse_args(arguments)
    try:
        bundle = read(asked.file)
        need(bundle.get("type") in CHECKS, "no draw and no figure or receipt (a number: verify_numbers.py)")
        sealed = bundle.get("log", bundle).get("vkey")
        need(asked.vkey in (None, sealed), f"the file is sealed by {sealed}, not by the key that was given")
        print("verified:", CHECKS[bundle.type](bundle, asked.file.parent)[0])
        return 0
    except Exception as error:  # whatever a hostile file makes Python say, it is not verified
        found = f"the file or a field is missing or malformed ({type(error).__name__}: {error})"
        print("refused:", error if isinstance(error, Refused) else found)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
