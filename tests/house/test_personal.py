"""A field that sounds like a person's is classified: personal, or a thing; so none slips in unseen."""

from __future__ import annotations

import re

from django.apps import apps
from django.db import models

from zhiheng.people import actions, erasing, personal
from zhiheng.people.models import Person

SOUNDS_PERSONAL = re.compile(
    r"(^|_)(name|names|login|phone|mobile|telephone|mail|email|address|contact|person|inspector|"
    r"representative|signer|complainant|label|grounds|said|id_number|reason|note|condition|words)$"
)

# These name the key of the account, which leads to nobody once it is erased.
BY_KEY = {
    "people.Appointment",
    "people.ApiToken",
    "draw.Custodian",
    "inspection.PrintJob",
    "inspection.Report",
}


def text_fields() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("zhiheng.")
        for field in model._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField)
    }


def test_every_text_field_that_sounds_like_a_persons_is_classified():
    sounding = {name for name in text_fields() if SOUNDS_PERSONAL.search(name.rpartition(".")[2])}

    known = set(personal.FIELDS) | set(personal.WORDS) | set(personal.THINGS)
    assert sounding - known == set(), "classify it in people/personal.py"


def test_the_tables_name_fields_that_exist_and_each_once():
    tables = (personal.FIELDS, personal.WORDS, personal.THINGS)
    named = [name for table in tables for name in table]

    assert not set(named) - text_fields()
    assert len(named) == len(set(named))


def test_each_field_names_a_public_action_that_erases_it_or_is_public():
    for name, field in (personal.FIELDS | personal.WORDS).items():
        room, _, action = field.erased_by.rpartition(".")
        assert (not field.erased_by and name in personal.WORDS) or action in actions.__all__, name
        assert not room or room == "people.actions", name


def test_an_erased_person_is_reached_in_every_room_that_keeps_something_of_one():
    above = {name.rpartition(".")[0] for name, field in personal.FIELDS.items() if _by_account(name, field)}

    assert set(erasing.reached()) == above | set(personal.ASIDE)


def _by_account(name: str, field: personal.Field) -> bool:
    return field.erased_by == personal.PERSON and not name.startswith("people.")


def test_every_row_that_hangs_on_an_account_is_classified():
    hanging = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model is Person
    }

    assert hanging == set(personal.ASIDE) | BY_KEY, "an erased account leaves its key: say what else is there"


def test_a_field_that_sounds_like_a_persons_is_noticed():
    assert SOUNDS_PERSONAL.search("contact_phone") and SOUNDS_PERSONAL.search("legal_representative")
    assert not SOUNDS_PERSONAL.search("named_at")
