"""Forms: summary, draft, return with reasons, sent once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django import forms as django_forms

from tests.web import gallery
from zhiheng.errors import BadInput, Conflict
from zhiheng.web import drafts, forms
from zhiheng.web.models import Draft, Submission
from zhiheng.web.once import once

pytestmark = pytest.mark.django_db
FORM = "/gallery/form/"
GOOD = {"code": "X1", "kind": "result", "on": "2026-03-02", "reason": "封签破损", "agrees": "on"}


def sent(**changes):
    return {**GOOD, "zh-token": str(uuid4()), **changes}


def test_a_good_form_is_acted_upon_and_leads_on(office):
    response = office.post(FORM, sent())

    assert response["Location"] == "/gallery/record/?1"
    assert gallery.SENT == ["X1"]


def test_a_form_sent_twice_is_acted_upon_once(office):
    data = sent()

    first = office.post(FORM, data)
    second = office.post(FORM, data)

    assert first["Location"] == second["Location"]
    assert gallery.SENT == ["X1"]
    assert Submission.objects.count() == 1


def test_a_second_form_is_acted_upon_again(office):
    office.post(FORM, sent())
    office.post(FORM, sent())

    assert len(gallery.SENT) == 2


def test_a_token_of_somebody_else_is_refused(office, officer, person_with):
    token = uuid4()
    once(person=person_with("leader"), token=token, purpose="gallery.objection", act=lambda: {"url": "/"})

    assert office.post(FORM, sent(**{"zh-token": str(token)})).status_code == 409
    assert gallery.SENT == []


@pytest.mark.parametrize("token", ["", "x", "'; --"])
def test_a_form_without_its_token_is_refused(office, token):
    assert office.post(FORM, sent(**{"zh-token": token})).status_code == 400
    assert gallery.SENT == []


def test_an_action_that_fails_leaves_the_token_free(officer):
    token = uuid4()

    def fail():
        raise Conflict("no", "")

    with pytest.raises(Conflict):
        once(person=officer, token=token, purpose="x", act=fail)

    assert once(person=officer, token=token, purpose="x", act=lambda: {"n": 1}) == {"n": 1}


def test_errors_stand_in_a_summary_that_links_to_their_fields(office):
    html = office.post(FORM, sent(code="", kind="", agrees="")).content.decode()

    for target in ("#id_code", "#id_kind_0", "#id_agrees"):
        assert f'href="{target}"' in html
        assert f'id="{target[1:]}"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_code-hint id_code-error"' in html
    assert html.index("id_code-hint") < html.index('id="id_code-error"')


def test_a_refusal_of_the_action_stands_at_its_field_and_keeps_what_was_typed(office):
    response = office.post(FORM, sent(code="NO1"))

    assert "code" in response.context["form"].errors
    assert 'value="NO1"' in response.content.decode()
    assert Submission.objects.count() == 0


def test_a_draft_is_kept_found_again_and_gone_once_sent(office, officer):
    office.post(FORM, {"code": "X1", "reason": "half a sen", "do": "draft", "zh-token": str(uuid4())})

    again = office.get(FORM)
    assert again.context["form"].is_draft
    assert "half a sen" in again.content.decode()

    office.post(FORM, sent())
    assert not Draft.objects.filter(person=officer).exists()


def test_a_draft_can_be_discarded(office, officer):
    drafts.keep(person=officer, form_id="gallery.objection", key="r-17", data={"code": "X1"})

    office.post(FORM, {"do": "discard", "zh-token": str(uuid4())})

    assert not office.get(FORM).context["form"].is_draft


def test_a_draft_of_somebody_else_stays_out_of_sight(office, person_with):
    drafts.keep(
        person=person_with("leader"), form_id="gallery.objection", key="r-17", data={"code": "SECRET"}
    )

    assert "SECRET" not in office.get(FORM).content.decode()


def test_a_draft_holds_no_password_and_no_file():
    class Secret(forms.Form):
        word = django_forms.CharField(widget=django_forms.PasswordInput)
        file = django_forms.FileField()
        note = django_forms.CharField()

    assert Secret({"word": "x", "note": "y"}).stored() == {"note": "y"}


def test_a_returned_form_shows_the_reason_at_its_field_and_on_the_workbench(office, officer):
    drafts.give_back(
        person=officer,
        form_id="gallery.objection",
        key="r-17",
        title="异议 R-17",
        url=FORM,
        data={"code": "X1"},
        reasons={"code": "与营业执照不符"},
    )

    form = office.get(FORM).content.decode()
    bench = office.get("/office/")

    assert form.index('for="id_code"') < form.index("与营业执照不符") < form.index('id="id_code"')
    assert next(count.number for count in bench.context["counts"] if count.tone == "returned") == 1
    assert "异议 R-17" in bench.content.decode()


def test_a_review_takes_a_reason_for_each_field(office):
    response = office.post("/gallery/review/", {"reason-code": " 不符 ", "reason-on": "", "do": "return"})

    assert response.content.decode() == "{'code': '不符'}"


def test_a_review_shows_choices_by_their_words(office):
    html = office.get("/gallery/review/").content.decode()

    assert '<p class="value">检验结果</p>' in html
    assert '<p class="value">result</p>' not in html


def test_a_return_without_a_reason_is_refused(office):
    assert office.post("/gallery/review/", {"do": "return"}).status_code == 400


def test_a_group_of_eight_fields_is_refused():
    with pytest.raises(TypeError, match="more than 7"):

        class Long(forms.Form):
            groups = (("all", tuple("abcdefgh")),)


def test_a_refusal_without_a_field_stands_on_the_form():
    form = gallery.Objection(sent())
    form.is_valid()

    form.refuse(BadInput("Not now.", "Try tomorrow."))

    assert form.summary()[-1].text == "Not now. Try tomorrow."
