"""What is masked in a notice, told by tables; and what must stand as it is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import UnknownCode
from zhiheng.formats.identifiers import USCC_ALPHABET, demo_uscc, uscc_check_character
from zhiheng.reference import notices
from zhiheng.stages.disclosure.rules import redaction

DAY = date(2025, 3, 3)
RULE = notices.redaction_rule("public-notice", DAY)


def masked(text: str, **more) -> str:
    return redaction.redact(text, RULE, **more).text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("身份证号330106199003074517。", "身份证号******。"),
        ("证件：33010619900307451x", "证件：******"),
        ("证件３３０１０６１９９００３０７４５１７，", "证件******，"),
        ("电话13812345678", "电话138****5678"),
        ("电话138-1234-5678转", "电话138****5678转"),
        ("＋86 138 1234 5678", "138****5678"),
        ("座机0571-87654321", "座机0571-****"),
        ("座机（010）87654321-203", "座机010-****"),
        ("写信到 zhang.san@example.cn 即可", "写信到 ***@example.cn 即可"),
        ("收款账号：6222 0212 0200 1234 567", "收款账号：******"),
        ("住在杭州市西湖区文三路478号3幢501室，", "住在杭州市西湖区文三路***，"),
        ("余杭区仓前街道葛巷村12组5号", "余杭区仓前街道葛巷村***"),
        ("海淀区中关村大街27号院", "海淀区中关村大街***"),
        ("联系人：张三丰", "联系人：张某某"),
        ("联系人:李四，电话13900001111", "联系人:李某，电话139****1111"),
        ("检查人员：欧阳修、王安石", "检查人员：欧阳某、王某某"),
        ("负责人为诸葛孔明。", "负责人为诸葛某某。"),
        ("投诉人：赵敏女士称", "投诉人：赵某女士称"),
        ("法定代表人：陈大文表示接受", "法定代表人：陈某某表示接受"),
        ("按投诉人：李四的来电", "按投诉人：李某的来电"),
        ("负责人：司马相如到场", "负责人：司马某某到场"),
        ("Contact: Zhang San, tel. 138 1234 5678", "Contact: Z***, tel. 138****5678"),
        ("Legal representative: Ou-Yang Xiu.", "Legal representative: O***."),
    ],
)
def test_what_tells_of_a_person_is_masked(said, shown):
    assert masked(said) == shown


@pytest.mark.parametrize(
    "said",
    [
        "当事人：浙江某某有限公司",
        "当事人：张小泉剪刀厂",
        "统一社会信用代码91140110B0681219X5",
        "报告编号20250303138123456789012",
        "样品的铅含量为0.13812345678 mg/kg",
        "抽取编号330000-2025Q1-001",
        f"哈希{'a1' * 32}",
        "依据《产品质量监督抽查管理暂行办法》第四十四条",
        "本次抽查的负责部门已经公布结果",
        "共抽查110家企业，合格103家",
        "市场监管所在路口设点",
        "Contact: the office in Hangzhou",
        "",
    ],
)
def test_what_tells_of_no_person_stands(said):
    found = redaction.redact(said, RULE)

    assert found.text == said
    assert found.marks == ()


def test_a_social_credit_code_of_digits_alone_is_no_identity_number():
    code = next(
        body + uscc_check_character(body)
        for n in range(500)
        if uscc_check_character(body := f"913301199005{n:03d}82"[:17].ljust(17, "1")) in "0123456789"
    )

    assert masked(f"代码{code}。") == f"代码{code}。"
    assert code[-1] in USCC_ALPHABET


def test_a_name_that_the_site_knows_is_masked_wherever_it_stands():
    found = redaction.redact("王小明与王小明之外的人到场", RULE, names=["王小明"])

    assert found.text == "王某某与王某某之外的人到场"
    assert [mark.kind for mark in found.marks] == ["person", "person"]


def test_a_mask_of_an_earlier_version_is_counted_again():
    found = redaction.redact("电话138****5678，新电话13900001111", RULE, known=[("phone", "138****5678")])

    assert redaction.tally(found.marks) == [
        {"kind": "phone", "shown": "138****5678", "count": 1},
        {"kind": "phone", "shown": "139****1111", "count": 1},
    ]


def test_a_mark_says_where_it_stands_in_the_masked_text():
    found = redaction.redact("联系人：张三，电话13812345678。", RULE)

    assert [(found.text[mark.start : mark.end], mark.kind) for mark in found.marks] == [
        ("张某", "person"),
        ("138****5678", "phone"),
    ]


WORDS = st.lists(
    st.sampled_from(
        ["联系人：", "张三丰", "13812345678", "、", "，", "文三路", "478号", "5室", "330106199003074517",
         "公司", "账号", "62220212020012", "0571-87654321", "a@b.cn", "某", "*", " ", "（", "李四"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


@given(WORDS)
def test_masking_twice_changes_nothing(said):
    once = masked(said)

    assert masked(once) == once


@given(WORDS)
def test_no_mobile_number_and_no_identity_number_is_left(said):
    left = masked(said)

    assert not redaction._ID.search(left)
    assert not redaction._MOBILE.search(left)


def test_a_sole_trader_is_told_by_its_code_and_masked_with_it():
    code = "92330106MA2XXXXXXX"

    assert redaction.is_sole_trader(code)
    assert not redaction.is_sole_trader(demo_uscc(1, "330106"))
    assert redaction.sole_trader("张三丰餐饮店", code) == ("张某某店", "92330106**********")


def test_a_rule_holds_from_its_day_on():
    assert notices.redaction_rule("public-notice", DAY).version == "1"
    with pytest.raises(UnknownCode):
        notices.redaction_rule("public-notice", date(2020, 1, 1))
    with pytest.raises(UnknownCode):
        notices.redaction_rule("none", DAY)


def test_every_kind_stands_on_an_instrument_with_its_confidence():
    for kind in notices.kinds():
        assert kind.basis()
        assert {one.confidence for one in kind.basis("330000")} <= {"text", "secondary", "memory"}
        assert bool(kind.deadline) == bool(kind.event)


def test_every_mask_of_a_rule_has_its_code():
    assert {mask for rule in notices.redaction_rules() for mask in rule.masks} == set(notices.MASKS)
    assert set(redaction._FINDERS) == set(notices.MASKS)
