"""An explanation shows every node with its number, in both languages."""

from __future__ import annotations

from tests.engine.formula.made import constant, formula, series, table
from zhiheng.engine.formula import explain, printed, run
from zhiheng.engine.formula.explaining import MOST_CELLS, REASONS

NATION = ("000000", "2024", "")
NAMES = {"fail": ("食品不合格率", "food failure rate")}
TURNED = {"op": "difference", "of": [constant("100"), series("fail")]}


def test_a_tree_is_printed_with_values_in_both_languages():
    tree = explain(run(formula(TURNED), {"fail": table({"": ("2.96", "0.02")})}), NATION, NAMES)

    assert printed(tree, "en").splitlines() == [
        "the first less the second = 97.04 ± 0.02",
        "  constant = 100",
        "  food failure rate (000000 2024) = 2.96 ± 0.02",
    ]
    assert printed(tree, "zh").splitlines() == [
        "前项减后项 = 97.04 ± 0.02",
        "  常数 = 100",
        "  食品不合格率（000000 2024） = 2.96 ± 0.02",
    ]


def test_a_series_names_the_observation_to_follow():
    root = series("x", where={"scope": "new"})

    tree = explain(run(formula(root), {"x": table({"scope=new": "5"})}), NATION)

    assert tree.cell == ("x", "000000", "2024", "scope=new")


def test_a_missing_number_says_why_at_the_node_where_it_began():
    share = {"op": "ratio", "of": [series("a"), series("b")]}

    tree = explain(run(formula(share), {"a": table({"": "1"}), "b": table({"": "0"})}), NATION)

    assert (tree.value, tree.reason("zh"), tree.reason("en")) == (None, *REASONS["zero"])


def test_a_long_total_lists_some_cells_and_counts_the_rest():
    cells = {f"d={place:02d}": "1" for place in range(MOST_CELLS + 5)}
    total = {"op": "sum", "of": [series("x", by=["d"])], "over": ["d"]}

    tree = explain(run(formula(total), {"x": table(cells)}), NATION)

    assert len(tree.children) == MOST_CELLS + 1
    assert tree.children[-1].text("en") == "5 more cells"
    assert tree.text("zh") == "按d合计（17个单元）"


def test_a_composite_is_named_by_why_it_joins_its_parts_in_each_language():
    root = {
        "op": "linear",
        "of": [series("a"), series("b")],
        "weights": ["0.333333333333333333", "0.666666666666666667"],
        "as_basis": "administrative",
        "because": "质量水平 | level of quality",
    }

    tree = explain(run(formula(root), {"a": table({"": "3"}), "b": table({"": "6"})}), NATION)

    assert tree.text("zh") == "质量水平：按权数0.333333、0.666666相加"
    assert tree.text("en") == "level of quality: sum with the weights 0.333333, 0.666666"
