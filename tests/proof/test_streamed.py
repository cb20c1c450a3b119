"""A draw block by block gives the units, the order and the refusals of the plain way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import draw, frame, lottery, streamed

SECRET, BEACON = bytes(range(32)), b"beacon of the test, long enough"
SIZE = 1200


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(streamed, "LINES", 100)


def rows_of(size=SIZE):
    return [
        frame.FrameRow(f"U{number:06d}", 1, "ABBBCCCCCD"[number % 10], "330106", ("13", "34")[number % 2])
        for number in range(size)
    ]


def file_of(rows) -> streamed.Frame:
    return streamed.Frame.of(b"".join(map(frame.line, rows)))


def announced(rows, exclusions=(), *, samples=None, joined=None, numbers=None):
    kept = draw.covered(rows, exclusions, joined)
    counts = {name: len(ids) for name, ids in sorted(frame.ids_by_stratum(kept).items())}
    size = len(rows)
    return draw.announce(
        serial="330000-2024Q1-001",
        obligation="o",
        region="330000",
        period="2024Q1",
        frame=frame.FrameSummary("00" * 32, size, counts),
        samples=samples or {name: max(1, count // 40) for name, count in counts.items()},
        reserves=3,
        commitment=lottery.commitment(SECRET),
        beacon_kind="dice",
        beacon_ref="1",
        pairing=draw.pairing_terms({f"I{n}": f"office {n % 3}" for n in range(9)}, fields={"I1": ["13"]}),
        exclusions=exclusions,
        populations=counts,
        joined=joined,
        numbers=numbers,
    )


def certificates(rows, said, exclusions=()):
    terms = draw.pairing_terms({f"I{n}": f"office {n % 3}" for n in range(9)}, fields={"I1": ["13"]})
    return [
        draw.carry_out(
            said,
            secret=SECRET,
            beacon=BEACON,
            rows=given,
            pairing=terms,
            committed="11" * 32,
            exclusions=exclusions,
        )
        for given in (rows, file_of(rows))
    ]


def test_the_certificate_is_that_of_the_plain_way():
    rows = rows_of()

    plain, fast = certificates(rows, announced(rows))

    assert fast == plain


def test_excluded_units_are_left_out_in_the_same_way():
    rows = rows_of()
    gone = draw.excluded({rows[place].id: ("conflict", "kin") for place in range(0, SIZE, 7)})

    plain, fast = certificates(rows, announced(rows, gone), gone)

    assert fast == plain


def test_joined_strata_and_permanent_numbers_are_those_of_the_plain_way():
    rows = rows_of()
    joined = {
        "rule": "zh-join-1",
        "reason": "quota-below-floors",
        "quota": 20,
        "minimum": 5,
        "strata": [{"stratum": "A~B", "of": ["A", "B"]}],
    }
    numbers = {"draw": "330000-2023Q1-001", "seed": "5a" * 32, "shift": [1, 10], "turn": 3}

    plain, fast = certificates(rows, announced(rows, joined=joined, numbers=numbers))

    assert fast == plain
    assert {row["stratum"] for row in fast["selected"]} == {"A~B", "C", "D"}


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 400), st.binary(min_size=32, max_size=32), st.integers(0, 2**256 - 1))
def test_every_seed_and_start_gives_the_same_order(size, key, start):
    rows = rows_of(size)
    ids = frame.ids_by_stratum(rows)
    samples = {name: -(-len(units) // 3) for name, units in ids.items()}
    said = {"strata": [{"stratum": name, "sample": n} for name, n in samples.items()], "reserves": 2}

    chosen = streamed.select(said, key, start, file_of(rows))

    assert chosen.drawn == lottery.select_within_strata(key, ids, samples, 2, start=start)
    assert chosen.divisions.items() <= draw.divisions(rows).items()


def test_the_summary_counts_what_the_plain_way_counts():
    assert file_of(rows_of()).summary() == (SIZE, {"A": 120, "B": 360, "C": 600, "D": 120})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"U000150\t1\tA\t330106\n", "Line 151 has 4 fields"),
        (b"U000150\t0\tA\t330106\t13\n", "no positive whole number"),
        (b"U000150\t1\t\t330106\t13\n", "empty field"),
        (b"U000150\t1\tA\x07\t330106\t13\n", "control character"),
        (b"U000150\t1\t\xff\t330106\t13\n", "not UTF-8"),
        (b"U000149\t1\tA\t330106\t13\n", "repeats the unit"),
        (b"A\t1\tA\t330106\t13\n", "out of order"),
    ],
)
def test_a_line_that_breaks_a_rule_is_refused_by_its_number(line, message):
    lines = [frame.line(row) for row in rows_of()]
    lines[150] = line

    with pytest.raises(BadInput, match=message):
        streamed.Frame.of(b"".join(lines)).summary()


def test_order_is_checked_across_blocks():
    lines = [frame.line(row) for row in rows_of()]
    lines[99], lines[100] = lines[100], lines[99]

    with pytest.raises(BadInput, match="out of order"):
        streamed.Frame.of(b"".join(lines)).summary()


def test_a_file_that_is_cut_short_is_refused():
    data = b"".join(map(frame.line, rows_of()))

    with pytest.raises(BadInput, match="cut short"):
        streamed.Frame.of(data[:-1]).summary()


@pytest.mark.parametrize(
    ("strata", "message"),
    [
        ({"A": 1, "B": 1, "C": 1}, "differ: D"),
        ({"A": 1, "B": 1, "C": 1, "D": 1, "E": 1}, "differ: E"),
        ({"A": 121, "B": 1, "C": 1, "D": 1}, "121 cannot be drawn"),
    ],
)
def test_other_strata_than_the_announced_ones_are_refused(strata, message):
    said = {"strata": [{"stratum": name, "sample": n} for name, n in strata.items()], "reserves": 0}

    with pytest.raises(BadInput, match=message):
        streamed.select(said, bytes(32), 0, file_of(rows_of()))


def test_an_excluded_unit_from_elsewhere_is_refused():
    rows = rows_of()
    said = announced(rows)

    with pytest.raises(BadInput, match="does not stand in the frame"):
        streamed.select(said, bytes(32), 0, file_of(rows), [{"unit": "X"}])
