"""Procedure tables are checked whole before they are used, and stepped with helpful refusals."""

from __future__ import annotations

import copy

import pytest

from zhiheng.errors import BadInput, Conflict, NotFound
from zhiheng.people.permissions import ALL
from zhiheng.procedure import machine

GOOD = {
    "id": "toy",
    "title_zh": "样例",
    "title_en": "Toy",
    "source": "house procedure",
    "confidence": "text",
    "states": [
        {"id": "open", "zh": "已开始", "en": "open", "kind": "start"},
        {"id": "waiting", "zh": "等待", "en": "waiting", "kind": "wait"},
        {"id": "done", "zh": "办结", "en": "done", "kind": "end"},
    ],
    "transitions": [
        {"from": "open", "event": "ask", "to": "waiting", "permission": "inspection.handle_case"},
        {"from": "waiting", "event": "answer", "to": "done", "permission": "inspection.file_objection"},
        {"from": "waiting", "event": "time_over", "to": "done", "timeout": "spotcheck.objection_law"},
    ],
}


def broken(change) -> dict:
    raw = copy.deepcopy(GOOD)
    change(raw)
    return raw


def add_state(**state):
    return lambda raw: raw["states"].append(state)


def add_edge(**edge):
    edge["from"] = edge.pop("source")
    return lambda raw: raw["transitions"].append(edge)


def change(part: str, number: int, **values):
    return lambda raw: raw[part][number].update(values)


def test_all_tables_of_the_house_are_sound():
    tables = machine.all()

    assert {table.id for table in tables} == {
        "draw",
        "visit",
        "case",
        "site_check",
        "report",
        "target_binding",
        "import",
        "notice",
        "release",
    }
    assert machine.names() == tuple(table.id for table in tables)


@pytest.mark.parametrize("table", machine.all(), ids=lambda table: table.id)
def test_a_table_speaks_both_languages_and_names_known_permissions(table):
    assert table.title_zh and table.title_en and table.source
    assert table.confidence in ("text", "secondary", "memory")
    for state in table.states:
        assert state.zh and state.en
    for edge in table.transitions:
        assert edge.permission is None or edge.permission in ALL, edge
        assert edge.verb.count(".") == 1


def test_non_response_is_an_end_of_its_own_and_never_a_pass():
    table = machine.load("visit")
    outcomes = {edge.target for edge in table.transitions if edge.source == "assigned"} - {"assigned"}

    assert outcomes == {"sampled", "refused", "closed", "not_found", "no_stock"}
    assert {table.state(id).kind for id in outcomes - {"sampled"}} == {"end"}


def test_a_case_walks_from_notice_to_closure():
    table, state = machine.load("case"), "opened"
    for event in ("serve_notice", "accept", "order_correction", "report_corrected", "recheck_pass"):
        state = machine.advance(table, state, event).target

    assert state == "closed"


def test_a_case_walks_through_objection_and_re_test():
    table, state = machine.load("case"), "opened"
    for event in ("serve_notice", "object", "offer_retest", "complete_formalities", "name_laboratory"):
        state = machine.advance(table, state, event).target

    assert machine.advance(table, state, "retest_pass").target == "overturned"
    assert machine.advance(table, state, "retest_fail").target == "accepted"


def test_the_objection_clock_starts_and_ends_by_itself():
    table = machine.load("case")
    served = machine.advance(table, "opened", "serve_notice")
    over = machine.advance(table, "notified", "objection_time_over")

    assert served.clock_start == ("spotcheck.objection_law",)
    assert over.timeout == "spotcheck.objection_law"
    assert over.is_automatic


def test_an_unverified_limit_never_acts_by_itself():
    over = machine.advance(machine.load("case"), "retest_offered", "formalities_time_over")

    assert over.timeout == "spotcheck.retest_formalities"
    assert not over.is_automatic


def test_an_event_out_of_turn_lists_what_can_happen():
    with pytest.raises(Conflict) as refusal:
        machine.advance(machine.load("draw"), "frame_frozen", "reveal")

    assert refusal.value.facts["allowed"] == ("commit", "abort")
    assert "commit, abort" in refusal.value.remedy


def test_nothing_happens_after_the_end():
    with pytest.raises(Conflict, match="over"):
        machine.advance(machine.load("draw"), "closed", "reveal")


def test_an_unknown_state_or_procedure_is_refused_with_the_known_ones():
    with pytest.raises(NotFound, match="committed"):
        machine.advance(machine.load("draw"), "nowhere", "reveal")
    with pytest.raises(NotFound, match="target_binding"):
        machine.load("../draw")


def test_a_sound_table_is_built():
    table = machine.build(GOOD, "toy.yaml")

    assert table.start.id == "open"
    assert table.events("waiting") == ("answer", "time_over")
    assert machine.advance(table, "open", "ask").verb == "toy.ask"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (add_state(id="lost", zh="孤立", en="lost"), "lost is never reached"),
        (add_edge(source="done", event="again", to="open", permission="x"), "the end done has a way out"),
        (lambda raw: raw["transitions"].pop(2), "the wait waiting has no time-out edge"),
        (lambda raw: raw["states"][1].update(limit="unknown"), "the limit of the wait waiting is known"),
        (lambda raw: raw["states"][0].update(limit="unknown"), "a limit is said of a wait alone"),
        (change("transitions", 2, timeout="spotcheck.objektion"), "no rule 'spotcheck.objektion'"),
        (change("transitions", 0, clock_start=["nothing"]), "transition 1: there is no rule 'nothing'"),
        (change("transitions", 0, to="nowhere"), "transition 1: there is no state 'nowhere'"),
        (change("transitions", 2, event="answer"), "transition 3: answer from waiting stands twice"),
        (change("transitions", 0, colour="red"), "transition 1: the name 'colour' is not known"),
        (change("states", 1, kind="pause"), "state 2: there is no kind 'pause'"),
        (change("states", 1, kind="start"), "exactly one start"),
        (change("states", 2, id="open"), "a state stands twice"),
        (change("states", 0, zh=False), "state 1: zh is False"),
        (lambda raw: raw["transitions"][0].pop("event"), "transition 1: 'event' is missing"),
        (lambda raw: raw["transitions"][0].pop("permission"), "nobody may do ask"),
        (lambda raw: raw.pop("source"), "'source' is missing"),
        (change("transitions", 2, timeout="recall.plan"), "recall.plan is unverified"),
        (lambda raw: raw.update(states="open"), "states is 'open'"),
    ],
)
def test_a_faulty_table_is_refused_with_its_place(fault, says):
    raw = broken(fault)

    with pytest.raises(BadInput, match=r"toy\.yaml") as refusal:
        machine.build(raw, "toy.yaml")

    assert says in refusal.value.cause
    assert refusal.value.remedy


def test_a_loop_without_an_end_is_refused():
    raw = broken(add_state(id="round", zh="循环", en="round"))
    raw["transitions"].append({"from": "open", "event": "turn", "to": "round", "permission": "x.y"})
    raw["transitions"].append({"from": "round", "event": "turn", "to": "round", "permission": "x.y"})

    with pytest.raises(BadInput, match="from round no end can be reached"):
        machine.build(raw, "toy.yaml")


def test_a_table_that_is_no_mapping_is_refused():
    with pytest.raises(BadInput, match="a procedure is a mapping"):
        machine.build(["open"], "toy.yaml")
