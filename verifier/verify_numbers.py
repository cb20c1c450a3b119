#!/usr/bin/env python3
"""Checks a number that Zhiheng published: computed by a formula, estimated from draws, or said by others.

    python verify_numbers.py number-food_supervision_pass_rate-000000-2024-1f0a....json

It lies beside verify.py, from which it takes how files, ledger and log are read and how a figure is computed
again; it checks those files as well. Nothing is needed but the two files and Python 3.11.

The ledger must have recorded the number and defined its formula before. The number is computed again: values
are exact fractions, slopes have 30 significant digits, what is shown has 15, half to even. Where the bundles
of inputs (figure-*.json, number-*.json) lie in the same folder they are checked too; others are taken as
stated. A number that others published rests on its source alone, and this program says so.
"""

import re
import sys
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # python -I leaves the folder of a program out

import verify
from verify import MARKS, Record, agree, digest, need, only, read, tree_root

NUMBER, NATION = "zhiheng/observation-bundle/1", "000000"
MOST_LEVELS, MOST_NODES, MOST_INPUTS, MOST_CELLS = 12, 400, 20_000, 500_000
MOST_BITS, MOST_STEP, MOST_WAY, WHOLE = 2**16, 100, 8, {"%": 100, "‰": 1000, "1": 1}
LONG, SHOWN = Context(prec=30, rounding=ROUND_HALF_EVEN), Context(prec=15, rounding=ROUND_HALF_EVEN)
LEVELS = {"nation": "0{6}", "province": "(?!00)..0000", "prefecture": "..(?!00)..00", "county": ".*(?!00).."}
VOICE = {"computed": "own", "estimated": "own"}  # said by the office itself; all else by others
Z = "1.959963984540054"  # the quantile of the normal law behind an interval of 95 %
VERSION = "[0-9A-Za-z][0-9A-Za-z.-]{0,15}"
SHA, PERIOD = "([0-9a-f]{64})?", "[0-9]{4}(H[12]|Q[1-4]|-[01][0-9])?|[0-9]{8}-[0-9]{8}"
TEXTS = {
    **{
        "type": NUMBER.replace("-bundle", ""),
        "series": "[a-z][a-z0-9_]{0,63}",
        "region": "[0-9]{6}|[A-Z]{2,12}",
    },
    **{"period": f"{PERIOD}|~[0-9A-Za-z][0-9A-Za-z.-]{{0,30}}", "breakdown": ".{0,400}", "unit": ".{1,24}"},
    **{"basis": "probability|judgement|census|administrative|survey", "level": r"(0\.[0-9]{1,20})?"},
    **{"purpose": "evaluation|enforcement|risk-screening", "origin": "estimated|computed|published|derived"},
    **{"interval": "design|model|bound|none", "status": "preliminary|final|revised|suppressed"},
    **{
        "said": ".{0,40}",
        "evidence": "[ABC]?",
        "source": ".{0,400}",
        "note": ".{0,1000}",
        "reason": ".{0,400}",
    },
    **{"formula_sha": SHA, "inputs_sha": SHA, "bundle_sha": SHA, "release": ".{0,36}"},
    "recorded_at": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?\+00:00",
}
DECIMALS = ("value", "lower", "upper", "standard_error", "coverage", "design_effect")
COUNTS, DAYS = ("n", "population", "revision"), ("valid_from", "valid_to")
FLAGS = ("borrowed", "census", "demonstration", "imputed", "linked", "missing", "thin")
FIELDS = {
    "series": ("id", "where by level voice"),
    "constant": ("value unit", ""),
    "sum": ("of", "over cells"),
    "difference": ("of", ""),
    "ratio": ("of", "unit"),
    "weighted_mean": ("of by over", "cells"),
    "standardise": ("of low high", "least most direction"),
    "linear": ("of weights", "plus as_basis because"),
    "index_link": ("old new at", "scale step step_error whole"),
}


def decimal(text: str, form: str = r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?") -> Fraction:
    """Read a decimal text."""
    need(isinstance(text, str) and re.fullmatch(form, text, re.ASCII), f"{str(text)[:40]} is no decimal text")
    return Fraction(text)


def in_one_form(text: str) -> Fraction:  # no zeros at the end, and no negative zero
    need(text != "-0", "a number is written as -0")
    return decimal(text, r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{0,19}[1-9])?")


def members(text: str) -> dict:  # "channel=shop;division=13"
    return dict(part.split("=", 1) for part in text.split(";") if part)


def breakdown(named: dict) -> str:
    return ";".join(f"{name}={member}" for name, member in sorted(named.items()))


def nodes_below(node: Record) -> list:
    """Return the nodes that a node takes, after looking at its fields."""
    need(isinstance(node, Record) and node.get("op") in FIELDS, "a node has no known operation")
    must, may = (names.split() for names in FIELDS[node.op])
    need({"op", *must} <= set(node) <= {"op", *must, *may}, f"a node {node.op} has not its fields")
    places = {"weighted_mean": "of by", "index_link": "old new", "standardise": "of"}
    if node.op in places:
        return [node[name] for name in places[node.op].split()]
    is_pair = node.op in ("difference", "ratio")
    need(not is_pair or len(node.of) == 2, f"a node {node.op} takes two nodes")
    need(node.op != "sum" or (len(node.of) > 1) != bool(node.get("over")), "a sum adds nodes or dimensions")
    return node.get("of", [])


def count_nodes(node: Record, level: int = 1) -> int:
    need(level <= MOST_LEVELS, f"the formula has more than {MOST_LEVELS} levels")
    return 1 + sum(count_nodes(one, level + 1) for one in nodes_below(node))


def total(numbers: list) -> Fraction:  # exact, in pairs: long denominators meet as late as they can
    numbers = numbers or [Fraction(0)]
    while len(numbers) > 1:
        numbers = [sum(numbers[at : at + 2]) for at in range(0, len(numbers), 2)]
        if not all(map(is_short, numbers)):
            raise OverflowError("a sum is longer than this program bears")
    return numbers[0]


def is_short(number: Fraction) -> bool:
    return max(number.numerator.bit_length(), number.denominator.bit_length()) <= MOST_BITS


def apply(rule, cells: list) -> tuple | None:
    """Return what a rule makes of cells (number, slopes); nothing where one lacks, or it has no answer."""
    if None in cells:
        return None
    try:
        number, partials = rule(*(cell[0] for cell in cells))
    except ArithmeticError:
        return None
    if number is None or not is_short(number):
        return None
    slopes = {}
    for (_, held), part in zip(cells, partials, strict=True):
        turn = LONG.divide(Decimal(part.numerator), Decimal(part.denominator))
        for leaf, slope in held.items():
            slopes[leaf] = LONG.add(slopes.get(leaf, Decimal(0)), LONG.multiply(turn, slope))
    return number, slopes


def rule_of(node: Record):
    """Return the rule by which a node makes, in one cell, a number and its partial derivatives."""
    if node.op == "sum":
        return lambda *x: (total(list(x)), [1] * len(x))
    if node.op == "difference":
        return lambda a, b: (a - b, (1, -1))
    if node.op == "ratio":
        whole = WHOLE[node.get("unit", "1")]
        return lambda a, b: (whole * a / b, (whole / b, -whole * a / b**2))
    if node.op == "linear":
        weights, plus = [decimal(one) for one in node.weights], decimal(node.get("plus", "0"))
        return lambda *x: (total([w * one for w, one in zip(weights, x, strict=True)]) + plus, weights)
    low, high = decimal(node.low), decimal(node.high)
    least, most = decimal(node.get("least", "60")), decimal(node.get("most", "100"))
    turn = {"higher": 1, "lower": -1}[node.get("direction", "higher")]
    need(low < high and least < most, "the goalposts are not in order")

    def standardised(x):
        place = (x - low) / (high - low)
        slope, cut = turn * (most - least) / (high - low), min(max(place, 0), 1)
        return least + (most - least) * (cut if turn > 0 else 1 - cut), (slope if place == cut else 0,)

    return standardised


def link(node: Record):
    """Return the rule that lifts an old number: by a given step, or by two measurements of one period."""
    scale, whole = node.get("scale", "difference"), decimal(node.get("whole", "100"))
    if scale == "difference":
        return lambda x, a, b=None: (x + a, (1, 1)) if b is None else (x + b - a, (1, -1, 1))
    if scale == "ratio":
        return lambda x, a, b=None: (
            (x * a, (a, x)) if b is None else (x * b / a, (b / a, -x * b / a**2, x / a))
        )
    need(scale == "logit", "a link has no known scale")

    def logit(x, a, b=None):  # a step of logits is a factor of the odds p / (1 - p)
        shares = [one / whole for one in ((x,) if b is None else (x, a, b))]
        if not all(0 < one < 1 for one in shares) or (b is None and abs(a) > MOST_STEP):
            return None, ()
        odds = [one / (1 - one) for one in shares]
        step = Decimal(node.step) if b is None else None
        lifted = odds[0] * (Fraction(LONG.exp(step)) if b is None else odds[2] / odds[1])
        found = lifted / (1 + lifted)
        turns = [found * (1 - found) / (one * (1 - one)) for one in shares]
        more = (found * (1 - found) * whole,) if b is None else (-turns[1], turns[2])
        return found * whole, (turns[0], *more)

    return logit


def grid(node: Record, tables: dict, path: str = "root"):
    """Return the cells of a node by region, period and breakdown; a constant is one that lies everywhere."""
    below = [grid(one, tables, f"{path}.{at}") for at, one in enumerate(nodes_below(node))]
    if node.op == "series":
        return series(node, tables)
    if node.op == "constant":
        return decimal(node.value), {}
    if node.op == "index_link":
        return linked(node, *below, path)
    if not any(isinstance(one, dict) for one in below):
        need(not node.get("over"), "a total goes over cells, not over constants")
        return apply(rule_of(node), below)
    keys = {key for one in below if isinstance(one, dict) for key in one}
    laid_out = {key: [one.get(key) if isinstance(one, dict) else one for one in below] for key in keys}
    if not node.get("over"):
        rule = rule_of(node)
        return {key: apply(rule, cells) for key, cells in laid_out.items()}
    groups = {}
    for key in sorted(keys):
        groups.setdefault(above(key, node.over), []).append(laid_out[key])
    need_cells, rule = node.get("cells", 0), mean if node.op == "weighted_mean" else sum_up
    return {key: rule(cells) if need_cells in (0, len(cells)) else None for key, cells in groups.items()}


def series(node: Record, tables: dict) -> dict:
    """Return the cells of a series with exactly these dimensions, those under "where" fixed and taken out."""
    where, by, found = node.get("where", {}), node.get("by", []), {}
    for (region, period, text), number in tables.get(node.id, {}).items():
        held = members(text)
        fits = set(held) == {*where, *by} and all(held[name] == member for name, member in where.items())
        is_level = "level" not in node or (region.isdecimal() and re.fullmatch(LEVELS[node.level], region))
        if fits and is_level:
            leaf = (node.id, region, period, text)
            found[region, period, breakdown({name: held[name] for name in by})] = (number, {leaf: Decimal(1)})
    return found


def above(key: tuple, over: list) -> tuple:  # the cell into which a cell is added up
    left = {name: one for name, one in members(key[2]).items() if name not in over}
    return NATION if "region" in over else key[0], key[1], breakdown(left)


def sum_up(cells: list) -> tuple | None:
    return apply(lambda *x: (total(list(x)), [1] * len(x)), [cell for (cell,) in cells])


def mean(pairs: list) -> tuple | None:
    """Return sum w x / sum w; weights are known: no slope goes to them. What weighs nothing is not read."""
    if any(weight is None or weight[0] < 0 for _, weight in pairs):
        return None
    weights = [weight[0] for _, weight in pairs if weight[0]]

    def rule(*x):
        whole, weighted = total(weights), total([w * one for w, one in zip(weights, x, strict=True)])
        return weighted / whole, [w / whole for w in weights]

    found = apply(rule, [cell for cell, weight in pairs if weight[0]])
    read_too = {leaf: Decimal(0) for _, weight in pairs for leaf in weight[1]}
    return found and (found[0], {**read_too, **found[1]})


def linked(node: Record, old: dict, new: dict, path: str) -> dict:
    """Lift the old numbers before the period "at" onto the footing of the new ones."""
    rule, found, error = link(node), {}, Decimal(node.step_error) if "step_error" in node else None
    for key in {*old, *new}:
        region, period, text = key
        alike = [re.sub("[0-9]", "0", re.sub("....0701-....0630", "Y", one)) for one in (period, node.at)]
        if alike[0] != alike[1]:  # a period of another kind; from 1 July to 30 June is an assessment year
            continue
        if order(period) >= order(node.at):
            found[key] = new.get(key)
        elif key in old and "step" in node:
            found[key] = apply(rule, [old[key], (decimal(node.step), {(path, error): Decimal(1)})])
        elif key in old:
            overlap = (region, node.at, text)
            found[key] = apply(rule, [old[key], old.get(overlap), new.get(overlap)])
    return found


def order(period: str) -> tuple:  # of one kind: by the last day, a longer campaign after those in it
    return (period[9:], -int(period[:8])) if len(period) == 17 else (period,)


def shown(number: Decimal | Fraction) -> str:
    """Return a number in 15 significant digits as it is written: no exponent, no zeros at the end."""
    found = SHOWN.divide(Decimal(number.numerator), Decimal(number.denominator))
    text = format(found, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def recompute(said: Record, root: Record, rows: list) -> tuple:
    """Return value and standard error of a number by its formula; every input given must go into it."""
    tables, errors = {}, {}
    for row in rows:
        number = in_one_form(row.value)
        tables.setdefault(row.series, {})[row.region, row.period, row.breakdown] = number
        leaf = (row.series, row.region, row.period, row.breakdown)
        errors[leaf] = None if row.standard_error is None else Decimal(row.standard_error)
    need(len(errors) == len(rows), "one number stands twice among the inputs")
    cells = grid(root, tables)
    found = cells.get((said.region, said.period, said.breakdown)) if isinstance(cells, dict) else None
    need(found, "the formula gives no such number from these inputs")
    number, slopes = found
    is_read = {leaf for leaf in slopes if len(leaf) == 4} == set(errors)
    need(is_read, "an input stands here that does not go into the number")
    variance = Decimal(0)
    for leaf, slope in slopes.items():
        error = errors[leaf] if len(leaf) == 4 else leaf[1]  # that of a given step stands in its leaf
        if slope and error is None:
            return shown(number), None
        moved = LONG.multiply(slope, error or Decimal(0))
        variance = LONG.add(variance, LONG.multiply(moved, moved))
    return shown(number), shown(Fraction(SHOWN.plus(LONG.sqrt(variance))))


def check_interval(said: Record) -> None:  # none, or the normal one of value and error as they are published
    if said.interval != "none":
        need(decimal(said.standard_error) > 0, "an interval is stated, but no error above zero")
        value, reach = decimal(said.value), decimal(Z) * decimal(said.standard_error)
        agree(said, interval="model", level="0.95", lower=shown(value - reach), upper=shown(value + reach))


def check_form(row: Record) -> None:
    """See that each field of an observation holds what may stand there, and that an interval is whole."""
    only(row, " ".join([*TEXTS, *DECIMALS, *COUNTS, *DAYS, "flags"]), "an observation")
    for name, form in TEXTS.items():
        is_text = isinstance(row[name], str) and re.fullmatch(form, row[name], re.DOTALL)
        need(is_text, f"{name} is not of its form")
    for name in DECIMALS:
        need(row[name] is None or in_one_form(row[name]) is not None, f"{name} is no number")
    for name in COUNTS:
        need(row[name] is None or (type(row[name]) is int and row[name] >= 0), f"{name} is no count")
    for name in DAYS:
        is_day = isinstance(row[name], str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", row[name])
        need(row[name] is None or is_day, f"{name} is no day")
    is_list = isinstance(row.flags, list) and all(one in FLAGS for one in row.flags)
    need(is_list and row.flags == sorted(set(row.flags)), "flags are not sorted, each once, or not known")
    ends = [end for end in (row.lower, row.upper) if end is not None]
    wanted = {"none": 0, "bound": 1}.get(row.interval, 2)
    need(
        len(ends) == wanted and (wanted == 2) == (row.level != ""), "the interval has not its ends and level"
    )
    is_around = wanted < 2 or (row.value and decimal(ends[0]) <= decimal(row.value) <= decimal(ends[1]))
    need(is_around, "the value does not lie in its interval")
    is_sourced = row.source != "" != row.evidence if VOICE.get(row.origin) is None else row.inputs_sha != ""
    need(is_sourced, "the number names no source, or not what it rests on")


def check_body(bundle: Record) -> None:
    """Compare every digest of the body; inputs are sorted, of the series that are read, and of one voice."""
    body, said = bundle.body, bundle.body.observation
    only(body, "observation formula inputs", "the body")
    check_form(said)
    agree(bundle, digest=digest(body))
    names_one = said.origin in ("computed", "derived") and said.formula_sha != ""
    need(names_one == (body.formula is not None), "a formula stands here that the number does not name")
    shas = [one.sha256 for one in body.inputs]
    need(shas == sorted(set(shas)) and len(shas) <= MOST_INPUTS, "the inputs are not sorted, each once")
    for one in body.inputs:
        only(one, "observation sha256", "an input")
        check_form(one.observation)
        agree(one, sha256=digest(one.observation))
    need(body.inputs == [] or body.formula, "a number without a formula has no inputs")
    if body.formula:
        check_formula(body, said, shas)


def check_formula(body: Record, said: Record, shas: list) -> None:
    formula = body.formula.tree
    only(body.formula, "tree sha256", "the formula")
    only(formula, "type id version unit basis purpose root", "the tree")
    agree(formula, type="zhiheng/formula/1")
    need(
        isinstance(formula.version, str) and re.fullmatch(VERSION, formula.version), "the version has no form"
    )
    agree(body.formula, sha256=digest(formula))
    agree(said, formula_sha=body.formula.sha256, series=formula.id)
    agree(said, unit=formula.unit, basis=formula.basis, purpose=formula.purpose)
    agree(said, inputs_sha=digest({"type": "zhiheng/inputs/1", "observations": shas}))
    nodes = count_nodes(formula.root)
    need(nodes <= MOST_NODES and nodes * len(shas) <= MOST_CELLS, "more nodes or inputs than are borne")
    need(all(one.observation.series != said.series for one in body.inputs), "the number is its own input")
    need(all(is_read(one.observation, said, formula.root) for one in body.inputs), "two voices are mixed")


def is_read(row: Record, said: Record, node: Record) -> bool:  # by a voice by which the formula reads it
    if node.op != "series":
        return any(is_read(row, said, one) for one in nodes_below(node))
    wanted = node.get("voice", VOICE.get(said.origin, "others"))
    return node.id == row.series and wanted in (VOICE.get(row.origin, "others"), "own-first")


def check_entries(bundle: Record, shown_entries: list) -> None:
    """See that an entry recorded the number, and that one before it defined the formula."""
    body, place = bundle.body, bundle.inclusion
    only(place, "index size path", "the inclusion")
    leaf, path = bytes.fromhex(digest(body.observation)), [bytes.fromhex(step) for step in place.path]
    bound = (place.size, tree_root(leaf, place.index, place.size, path).hex())
    said = [entry.statement for entry in shown_entries]
    verbs = ("indicators.observations_recorded", "indicators.released")
    tied = [(one.detail.get("observations_count"), one.detail.get("observations_root")) for one in said]
    held = [one.seq for one, tie in zip(said, tied, strict=True) if one.verb in verbs and tie == bound]
    need(held, "no ledger entry recorded this number")
    if body.formula:
        named = (body.formula.sha256, VOICE.get(body.observation.origin, "others"))
        defined = [one for one in said if one.verb == "indicators.formula_defined"]
        seqs = [one.seq for one in defined if (one.detail.formula_sha256, one.detail.voice) == named]
        need(seqs and seqs[0] < held[0], "no ledger entry defined the formula before")


def follow(row: Record, sha: str, folder: Path, way: int, held: set) -> str:
    """Check the own bundle of an input where it lies beside; tell in words how far, "" for another one."""
    parts = [row.series, row.region, row.period, members(row.breakdown).get("division", "")]
    is_figure = row.origin == "estimated" and row.bundle_sha
    number = f"number-{row.series}-{row.region}-{row.period.lstrip('~')}-{sha[:12]}"
    path = folder / f"{'figure-' + '-'.join(filter(None, parts)) if is_figure else number}.json"
    if not re.fullmatch(r"[0-9A-Za-z_.-]{1,200}", path.name) or way >= MOST_WAY or not path.is_file():
        return ""
    bundle = read(path)
    if not is_figure:
        its_own = bundle.type == NUMBER and digest(bundle.body.observation) == sha
        if its_own and sha not in held:
            check_number(bundle, folder, way + 1, held)
        return "whole" if its_own else ""
    if bundle.type != "zhiheng/figure-bundle/1" or bundle.digest != row.bundle_sha:
        return ""
    about = verify.check_figure(bundle, folder)[0]
    figure, times = bundle.body.figure, 100 if row.unit == "%" else 1
    own = [figure[name] for name in ("series", "region", "period", "division")]
    need(own == parts, f"{path.name} is about another figure")
    agree(row, n=figure.n, population=figure.population)
    for name, of in (("value", "estimate"), ("lower", "lower"), ("upper", "upper"), ("standard_error",) * 2):
        need(decimal(row[name]) == decimal(figure[of]) * times, f"{name} is not that of {path.name}")
    return "without its draws" if "not checked" in about else "whole"


def check_number(bundle: Record, folder: Path, way: int = 0, held: set | None = None) -> tuple:
    """Check a number; say what was found and on what it rests. ``held`` are those checked on the way."""
    only(bundle, "type body digest inclusion ledger", "the bundle", "log")
    shown_entries, _ = verify.check_ledger(bundle.ledger)
    check_body(bundle)
    check_entries(bundle, shown_entries)
    body, said = bundle.body, bundle.body.observation
    value = error = None
    if not body.formula:
        by_others = f"said by others, it rests on its source alone: {said.source}"
        about = "an estimate from draws" if said.origin == "estimated" else by_others
    elif said.value is None:
        need("missing" in said.flags and not body.inputs, "a formula gives a number, or is missing")
        about = f"the formula gave no number: {said.note}"
    else:
        value, error = recompute(said, body.formula.tree.root, [one.observation for one in body.inputs])
        agree(said, value=value, standard_error=error)
        check_interval(said)
        about = f"computed again from {len(body.inputs)} inputs"
    is_estimate = said.origin == "estimated" and said.bundle_sha
    wanted = [(said, "")] if is_estimate else [(one.observation, one.sha256) for one in body.inputs]
    held = set() if held is None else held
    told = [(row, follow(row, sha, folder, way, held)) for row, sha in wanted]
    lacking = [row for row, how in told if not how]
    held.add(digest(said))
    taken = "; ".join(" ".join(filter(None, (row.series, row.region, row.period))) for row in lacking[:5])
    found = f"{len(wanted) - len(lacking)} of {len(wanted)} checked by their own bundles" if wanted else ""
    found += f", taken as stated: {taken}" if lacking else ""
    found += ", of figures without their draws" if any("without" in how for _, how in told) else ""
    name = " ".join(filter(None, (said.series, said.region, said.period, said.breakdown)))
    mark = MARKS["demonstration" if "demonstration" in said.flags else "operational"]
    parts = [f"{mark}number {name} = {said.value} {said.unit}, {about}", found]
    parts += [verify.check_log(bundle, shown_entries), f"ledger {bundle.ledger[-1].hash}"]
    return "; ".join(filter(None, parts)), {"value": value, "standard_error": error}


verify.CHECKS[NUMBER] = check_number

if __name__ == "__main__":
    sys.exit(verify.main(sys.argv[1:]))
