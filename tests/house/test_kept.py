"""What fixtures keep is put back exactly, and only where nothing else was written."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection, transaction

from tests import kept as shelf
from zhiheng import ledger
from zhiheng.ledger import evidence
from zhiheng.people import actions
from zhiheng.people.models import Person
from zhiheng.people.scope import System

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_shelf(monkeypatch):
    monkeypatch.setattr(shelf, "_SHELF", {})


def in_a_test(act):
    """Do something as a test does, from the empty tables, and take it back."""
    with transaction.atomic():
        found = act(shelf.Kept())
        left = shelf._all_rows(), shelf._all_files(), len(connection.run_on_commit)
        transaction.set_rollback(True)
    return found, left


def open_account():
    evidence.store(b"a contract", name="contract.txt")
    transaction.on_commit(lambda: None)
    return actions.create_person(by=System("test"), login="someone", display_name="测试")


def unbuilt():
    raise AssertionError("it was built again")


def test_what_was_built_is_put_back_row_by_row_with_its_files_and_calls():
    built, left = in_a_test(lambda kept: kept.step("account", open_account))
    for name in left[1]:
        (settings.VAR / name).unlink()

    def again(kept):
        found = kept.step("account", unbuilt)
        assert ledger.check() == 1
        return found

    found, put_back = in_a_test(again)

    assert left[1]
    assert left[2] >= 1
    assert put_back == left
    assert (found.pk, found.login, found is built) == (built.pk, "someone", False)


def test_a_step_follows_the_steps_before_it():
    def told(second):
        def act(kept):
            kept.step("first", open_account)
            return kept.step(second, lambda: Person.objects.count())

        return act

    in_a_test(told("second"))
    with pytest.raises(AssertionError, match="built again"):
        in_a_test(lambda kept: kept.step("second", unbuilt))
    assert in_a_test(told("second"))[0] == 1


@pytest.mark.parametrize("is_first", [True, False])
def test_where_something_else_was_written_a_step_is_built(is_first):
    in_a_test(lambda kept: (kept.step("one", open_account), kept.step("two", lambda: None)))

    def act(kept):
        if not is_first:
            kept.step("one", unbuilt)
        Person.objects.create(login="between", display_name="测试", created_at="2026-03-02T09:00:00+08:00")
        with pytest.raises(AssertionError, match="built again"):
            kept.step("one" if is_first else "two", unbuilt)

    in_a_test(act)


def test_what_takes_rows_away_is_built_every_time():
    def gone():
        return Person.objects.all()._raw_delete("default")

    for _test in range(2):
        done = in_a_test(lambda kept: (kept.step("made", open_account), kept.step("gone", gone)))

    assert done[0][1] == 1
