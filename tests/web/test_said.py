"""Refusals of the pure floors are said in the language of the page, wherever they show."""

from __future__ import annotations

import pytest
from django import forms as django_forms
from django.utils import translation

from zhiheng.errors import Conflict
from zhiheng.procedure import machine
from zhiheng.web import forms, problems, said

CASES = machine.load("case")


def refusal(state: str, event: str) -> Conflict:
    with pytest.raises(Conflict) as caught:
        machine.advance(CASES, state, event)
    return caught.value


class Asked(forms.Form):
    note = django_forms.CharField(required=False)


@pytest.mark.parametrize(
    ("state", "words"), [("closed", "已办结"), ("opened", "已立案")], ids=["over", "not now"]
)
def test_a_step_that_the_procedure_refuses_is_told_in_chinese(state, words):
    with translation.override("zh-hans"):
        found = said.of(refusal(state, "accept"))
        problem = problems.of(refusal(state, "accept"))

    assert words in found.cause
    assert CASES.title_zh in found.cause
    assert "请" in found.remedy
    assert problem.cause == found.cause


def test_in_english_it_says_what_can_happen_now():
    with translation.override("en"):
        found = said.of(refusal("opened", "accept"))

    assert "serve_notice" in found.remedy


def test_a_form_says_it_in_the_language_of_the_page():
    with translation.override("zh-hans"):
        form = Asked(data={})
        form.is_valid()
        form.refuse(refusal("closed", "accept"))

        assert "已办结" in str(form.errors)
