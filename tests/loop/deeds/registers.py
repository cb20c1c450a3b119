"""What offices do with the dated registers: licences, persons, inspectors, laboratories, catalogues."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests import country

from .cast import person

SOURCE = "kill in the middle of a list"
FROM, UNTIL = date(2024, 3, 1), date(2029, 3, 1)
ON_DUTY, STRUCK_OFF = "DEMO-33-0910", "DEMO-33-0911"  # inspectors that stand before
PERSON, NEW_TEST = "演示质量官九", "演示新项目"  # what the deeds enter
AWAY = (date(2027, 10, 1), date(2027, 10, 7))
AWAY_AGAIN = (date(2027, 11, 1), date(2027, 11, 7))


def prepare() -> None:
    """Leave an inspector with a leave, and one who was struck off."""
    from zhiheng.stages.registry import actions

    officer = person("province")
    said = {"name": "演示检查员", "region": country.REGION, "unit": "演示检查9队"}
    rows = [{"code": code, **said} for code in (ON_DUTY, STRUCK_OFF)]
    actions.import_inspectors(by=officer, rows=rows, source=SOURCE)
    actions.strike_off(by=officer, inspector=_inspector(STRUCK_OFF), reason=SOURCE)
    leave = dict(zip(("valid_from", "valid_until"), AWAY, strict=True))
    actions.enter_leave(by=officer, inspector=_inspector(ON_DUTY), **leave)


def _inspector(code: str) -> Any:
    from zhiheng.stages.registry.models import Inspector

    return Inspector.objects.get(code=code)


# --- licences -------------------------------------------------------------------------------------


def _licence() -> Any:
    """Return the row of a licence that the story entered; a later row may have replaced it meanwhile."""
    from zhiheng.stages.registry.models import Licence

    first = Licence.objects.filter(replaces__isnull=True, state="valid").order_by("kind", "number").first()
    return Licence.objects.select_related("subject", "product").get(pk=first.pk)


def _said(licence: Any) -> dict[str, Any]:
    return {
        "subject": licence.subject.code,
        "kind": licence.kind,
        "number": licence.number,
        "product": licence.product.name if licence.product else "",
        "scope": "演示更正范围",
        "issuer": licence.issuer,
        "valid_from": licence.valid_from,
        "valid_until": licence.valid_until,
    }


def register_licence() -> None:
    """Enter one licence."""
    from zhiheng.stages.registry import actions

    row = _said(_licence()) | {"number": "DEMO-XK-900001", "product": ""}
    actions.register_licence(by=person("province"), row=row)


def correct_licence() -> None:
    """Correct the scope of a licence."""
    from zhiheng.stages.registry import actions

    licence = _licence()
    actions.correct_licence(by=person("province"), licence=licence, row=_said(licence), reason=SOURCE)


def set_licence_state() -> None:
    """Suspend a licence."""
    from zhiheng.stages.registry import actions

    actions.set_licence_state(by=person("province"), licence=_licence(), state="suspended", reason=SOURCE)


def import_licences() -> None:
    """Enter one licence and correct another."""
    from zhiheng.stages.registry import actions

    known = _said(_licence())
    rows = [known, known | {"number": "DEMO-XK-900002", "product": ""}]
    actions.import_licences(by=person("province"), rows=rows, source=SOURCE)


# --- persons --------------------------------------------------------------------------------------


def _officer() -> dict[str, Any]:
    return {
        "subject": _licence().subject.code,
        "person": PERSON,
        "kind": "chief_quality_officer",
        "title": "首席质量官",
        "duties": "批准放行、停产和召回",
        "valid_from": FROM,
        "valid_until": None,
    }


def _qualification() -> Any:
    from zhiheng.stages.registry.models import Qualification

    entered = Qualification.objects.filter(replaces__isnull=True, subject__isnull=False)
    entered = entered.exclude(person=PERSON)
    return entered.order_by("subject__code", "person").first()


def register_qualification() -> None:
    """Enter the chief quality officer of a firm."""
    from zhiheng.stages.registry import actions

    actions.register_qualification(by=person("province"), row=_officer())


def end_qualification() -> None:
    """End a qualification."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions

    actions.end_qualification(
        by=person("province"), qualification=_qualification(), ended_on=clock.today(), reason=SOURCE
    )


def import_qualifications() -> None:
    """Enter one qualification and correct another."""
    from zhiheng.stages.registry import actions

    known = _qualification()
    told = ("person", "kind", "title", "number", "duties", "valid_from")
    row = {"subject": known.subject.code, **{name: getattr(known, name) for name in told}}
    rows = [row | {"issuer": "演示发证机关九", "valid_until": UNTIL}, _officer()]
    actions.import_qualifications(by=person("province"), rows=rows, source=SOURCE)


# --- inspectors -----------------------------------------------------------------------------------


def register_certificate() -> None:
    """Put a certificate of an inspector on record."""
    from zhiheng.stages.registry import actions

    row = {"number": "DEMO-ZF-0910", "fields": ["34"], "valid_from": FROM, "valid_until": UNTIL}
    actions.register_certificate(by=person("province"), inspector=_inspector(ON_DUTY), row=row)


def strike_off() -> None:
    """Take an inspector with a certificate off the list, which ends it."""
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import Certificate

    first = Certificate.objects.order_by("inspector__code", "recorded_at").first()
    actions.strike_off(by=person("province"), inspector=first.inspector, reason=SOURCE)


def put_on_duty() -> None:
    """Let the inspector who was struck off be drawn again."""
    from zhiheng.stages.registry import actions

    actions.put_on_duty(by=person("province"), inspector=_inspector(STRUCK_OFF), reason=SOURCE)


def enter_leave() -> None:
    """Enter a leave."""
    from zhiheng.stages.registry import actions

    first, last = AWAY_AGAIN
    actions.enter_leave(
        by=person("province"), inspector=_inspector(ON_DUTY), valid_from=first, valid_until=last
    )


def cancel_leave() -> None:
    """Cancel the leave that stands."""
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import Leave

    leave = Leave.objects.select_related("inspector").get(inspector__code=ON_DUTY, valid_from=AWAY[0])
    actions.cancel_leave(by=person("province"), leave=leave)


def set_conflicts() -> None:
    """Say whom an inspector must not check."""
    from zhiheng.stages.registry import actions

    actions.set_conflicts(
        by=person("province"), inspector=_inspector(ON_DUTY), codes=[_licence().subject.code]
    )


def import_leave() -> None:
    """Enter the leave of two inspectors, of whom one has it already."""
    from zhiheng.stages.registry import actions

    days = dict(zip(("valid_from", "valid_until"), AWAY, strict=True))
    rows = [{"inspector": code, **days} for code in (ON_DUTY, STRUCK_OFF)]
    actions.import_leave(by=person("province"), rows=rows, source=SOURCE)


# --- laboratories ---------------------------------------------------------------------------------


def _lab(code: str = "DEMO-LAB-33-9") -> dict[str, Any]:
    return {"code": code, "name": "演示检验所九", "region": country.REGION, "samples_a_week": 90}


def _line() -> Any:
    from zhiheng.stages.registry.models import LabScope

    of_region = LabScope.objects.filter(lab__region=country.REGION).select_related("lab")
    entered = of_region.exclude(item=NEW_TEST)
    return entered.order_by("lab__code", "product", "item", "method", "recorded_at", "id").first()


def register_lab() -> None:
    """Enter one laboratory."""
    from zhiheng.stages.registry import actions

    actions.register_lab(by=person("province"), row=_lab())


def edit_lab() -> None:
    """Change what a laboratory can test in a week, with the reason."""
    from zhiheng.stages.registry import actions, rules_labs

    lab = _line().lab
    row = {name: getattr(lab, name) for name in rules_labs.FIELDS} | {"samples_a_week": 75}
    actions.edit_lab(by=person("province"), lab=lab, row=row, reason="设备增加")


def enter_scope() -> None:
    """Enter one line of a scope."""
    from zhiheng.stages.registry import actions

    line = _line()
    row = {"item": "演示新增项目", "method": line.method, "valid_from": line.valid_from, "valid_until": None}
    actions.enter_scope(by=person("province"), lab=line.lab, row=row)


def import_labs() -> None:
    """Enter one laboratory and correct another."""
    from zhiheng.stages.registry import actions

    known = {"code": _line().lab.code, "name": "演示检验所更名", "region": country.REGION}
    actions.import_labs(by=person("province"), rows=[known, _lab()], source=SOURCE)


def import_scopes() -> None:
    """Enter one line of a scope and correct another."""
    from zhiheng.stages.registry import actions

    line = _line()
    row = {"lab": line.lab.code, "product": line.product, "item": line.item, "method": line.method}
    row |= {"limits": "演示更正量程", "valid_from": line.valid_from, "valid_until": line.valid_until}
    rows = [row, row | {"item": NEW_TEST}]
    actions.import_scopes(by=person("province"), rows=rows, source=SOURCE)


def end_scope() -> None:
    """Take a line of a scope back."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions

    actions.end_scope(by=person("province"), line=_line(), ended_on=clock.today(), reason=SOURCE)


# --- the catalogue --------------------------------------------------------------------------------


def _year() -> int:
    """Return the last year whose whole catalogue the story issued."""
    from zhiheng.stages.registry.models import CatalogueIssue

    whole = CatalogueIssue.objects.filter(region=country.REGION, number=0)
    return whole.order_by("year").last().year


def _item(code: str = "K-01") -> dict[str, Any]:
    return {
        "region": country.REGION,
        "year": _year() + 2,
        "code": code,
        "name": "演示品类",
        "divisions": ["34"],
        "keywords": ["阀门"],
        "reason": "演示：投诉较多",
        "hazards": ["演示危害"],
        "test_items": [{"item": "演示项目", "method": "DEMO-T 1-2023", "confidence": "memory"}],
    }


def propose_item() -> None:
    """Propose a category."""
    from zhiheng.stages.registry import actions

    actions.propose_item(by=person("province"), row=_item())


def drop_item() -> None:
    """Take a category that holds out of the catalogue, by a supplement with its file."""
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import CatalogueItem

    issued = CatalogueItem.objects.filter(region=country.REGION, year=_year(), state="issued")
    actions.drop_item(by=person("province"), item=issued.order_by("code").first(), reason=SOURCE)


def issue_catalogue() -> None:
    """Issue the candidates that the story left, as a supplement with its file."""
    from zhiheng.stages.registry import actions

    actions.issue_catalogue(by=person("province"), region=country.REGION, year=_year(), reason=SOURCE)


def import_items() -> None:
    """Enter two candidates."""
    from zhiheng.stages.registry import actions

    rows = [_item("K-02"), _item("K-03")]
    actions.import_items(by=person("province"), rows=rows, source=SOURCE)


def copy_year() -> None:
    """Propose for the next year what holds in this one."""
    from zhiheng.stages.registry import actions

    actions.copy_year(by=person("province"), region=country.REGION, year=_year() + 1)


def propose_building_materials() -> None:
    """Propose the building materials for a year that has none."""
    from zhiheng.stages.registry import actions

    actions.propose_building_materials(by=person("province"), region=country.REGION, year=_year() + 2)
