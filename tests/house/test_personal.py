"""A field that sounds like a person's is classified: personal, or a thing; so none slips in unseen."""

from __future__ import annotations

import re

from django.apps import apps
from django.db import models

from zhiheng.people import personal

SOUNDS_PERSONAL = re.compile(
    r"(^|_)(name|names|login|phone|mobile|telephone|mail|email|address|contact|person|inspector|"
    r"representative|signer|complainant|label|grounds|said|id_number)$"
)


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

    assert sounding - set(personal.FIELDS) - set(personal.THINGS) == set(), (
        "classify it in people/personal.py"
    )


def test_the_tables_name_fields_that_exist_and_each_once():
    assert not (set(personal.FIELDS) | set(personal.THINGS)) - text_fields()
    assert not set(personal.FIELDS) & set(personal.THINGS)


def test_a_field_that_sounds_like_a_persons_is_noticed():
    assert SOUNDS_PERSONAL.search("contact_phone") and SOUNDS_PERSONAL.search("legal_representative")
    assert not SOUNDS_PERSONAL.search("named_at")
