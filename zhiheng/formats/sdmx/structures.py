"""What figures look like in SDMX: dimensions, attributes and code lists, and each series as a dataflow.

One data structure serves every series, so that a program written for one reads all. Nothing is lost that
tells two figures apart: purpose, basis and origin are dimensions, so a published number never falls together
with an estimate of the same place and time. Names are written in Chinese and in English.

pysdmx writes the messages. It knows one language a name, so both travel in one text and are parted
afterwards; its element MeasureRelationship, which may be left out, is left out: sdmx1 cannot read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhiheng.errors import Missing

AGENCY, VERSION = "ZH", "1.0.0"
DSD, CONCEPTS = "DSD_FIGURES", "CS_FIGURES"
XML_3_0, XML_2_1, JSON_2_0 = "xml-3.0", "xml-2.1", "json-2.0"
_BETWEEN = "\ue000"
_URN = "urn:sdmx:org.sdmx.infomodel"

Codes = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Component:
    """One dimension, measure or attribute: its id, names, kind of value and code list."""

    id: str
    zh: str
    en: str
    kind: str = "string"
    codes: str = ""


DIMENSIONS = (
    Component("FREQ", "频度", "Frequency", codes="CL_FREQ"),
    Component("REF_AREA", "地区", "Reference area", codes="CL_AREA"),
    Component("INDICATOR", "指标", "Indicator", codes="CL_INDICATOR"),
    Component("PURPOSE", "用途", "Purpose", codes="CL_PURPOSE"),
    Component("BASIS", "依据", "Basis", codes="CL_BASIS"),
    Component("ORIGIN", "来历", "Origin", codes="CL_ORIGIN"),
    Component("BREAKDOWN", "分组", "Breakdown"),
    Component("TIME_PERIOD", "时期", "Time period", kind="period"),
)
MEASURE = Component("OBS_VALUE", "数值", "Value", kind="decimal")
ATTRIBUTES = (
    Component("OBS_STATUS", "状态", "Status", codes="CL_OBS_STATUS"),
    Component("CONF_STATUS", "可否公布", "Confidentiality", codes="CL_CONF_STATUS"),
    Component("UNIT_MEASURE", "单位", "Unit of measure"),
    Component("CI_LOWER", "区间下限", "Lower limit of the interval", kind="decimal"),
    Component("CI_UPPER", "区间上限", "Upper limit of the interval", kind="decimal"),
    Component("STD_ERROR", "标准误", "Standard error", kind="decimal"),
    Component("INTERVAL", "区间的种类", "Kind of interval", codes="CL_INTERVAL"),
    Component("CI_LEVEL", "置信水平", "Level of the interval", kind="decimal"),
    Component("N_OBS", "样本量", "Sample size", kind="integer"),
    Component("POPULATION", "总体", "Population", kind="integer"),
    Component("COVERAGE", "覆盖率", "Coverage", kind="decimal"),
    Component("DEFF", "设计效应", "Design effect", kind="decimal"),
    Component("VINTAGE", "发布日", "Vintage"),
    Component("REVISION", "修订次数", "Revision", kind="integer"),
    Component("SAID", "出处原文", "As the source prints it"),
    Component("EVIDENCE", "出处等级", "Evidence"),
    Component("SOURCE", "出处", "Source"),
    Component("FORMULA", "公式摘要", "Digest of the formula"),
    Component("INPUTS", "输入摘要", "Digest of the inputs"),
    Component("BUNDLE", "核验包摘要", "Digest of the bundle"),
    Component("FLAGS", "标记", "Flags"),
    Component("NOTE", "注", "Note"),
)
COMPONENTS = (*DIMENSIONS, MEASURE, *ATTRIBUTES)
COLUMNS = tuple(one.id for one in COMPONENTS)
BY_ID = {one.id: one for one in COMPONENTS}
IN_KEY = tuple(one.id for one in DIMENSIONS if one.kind != "period")

# CL_OBS_STATUS holds codes of the cross-domain list of SDMX (version 2.2), in their meaning there.
LISTS: Mapping[str, tuple[str, str, Codes]] = {
    "CL_FREQ": (
        "频度",
        "Frequency",
        {
            "A": ("年", "Annual"),
            "S": ("半年", "Half-yearly"),
            "Q": ("季", "Quarterly"),
            "M": ("月", "Monthly"),
            "_O": ("其他：专项或轮次", "Other: a campaign or a round"),
        },
    ),
    "CL_PURPOSE": (
        "用途",
        "Purpose",
        {
            "evaluation": ("评价", "Evaluation"),
            "enforcement": ("执法", "Enforcement"),
            "risk-screening": ("风险筛查", "Risk screening"),
        },
    ),
    "CL_BASIS": (
        "依据",
        "Basis",
        {
            "probability": ("概率样本", "Probability sample"),
            "judgement": ("主观选取", "Judgement sample"),
            "census": ("普查", "Census"),
            "administrative": ("行政记录", "Administrative records"),
            "survey": ("问卷调查", "Survey"),
        },
    ),
    "CL_ORIGIN": (
        "来历",
        "Origin",
        {
            "estimated": ("由本系统的抽查估计", "Estimated from the draws of this system"),
            "computed": ("由公式算出", "Computed by a formula"),
            "published": ("他处公布", "Published elsewhere"),
            "derived": ("由公布值推出", "Derived from published numbers"),
        },
    ),
    "CL_OBS_STATUS": (
        "状态",
        "Status of an observation",
        {
            "A": ("正式值", "Normal value"),
            "B": ("序列中断（经衔接）", "Time series break"),
            "E": ("估计值（借用其他单元）", "Estimated value"),
            "I": ("插补值", "Imputed value"),
            "L": ("缺失：数据存在，但未取得", "Missing value; data exist but were not collected"),
            "M": ("缺失：数据不可能存在", "Missing value; data cannot exist"),
            "O": ("缺失", "Missing value"),
            "P": ("初步值", "Provisional value"),
            "Q": ("缺失：不予显示", "Missing value; suppressed"),
            "U": ("可靠性低", "Low reliability"),
        },
    ),
    "CL_CONF_STATUS": (
        "可否公布",
        "Confidentiality",
        {"F": ("公开", "Free"), "N": ("不公布", "Not for publication")},
    ),
    "CL_INTERVAL": (
        "区间的种类",
        "Kind of interval",
        {
            "design": ("由抽样设计", "From the sampling design"),
            "model": ("由模型", "From a model"),
            "bound": ("数值本身是界限", "The value itself is a bound"),
            "none": ("公布时没有区间", "Published without an interval"),
        },
    ),
}


@dataclass(frozen=True, slots=True)
class Flow:
    """One series as a dataflow; its version counts the vintages, so each stays addressable."""

    series: str
    zh: str
    en: str
    version: str = VERSION
    zh_description: str = ""
    en_description: str = ""

    @property
    def id(self) -> str:
        """The id of the dataflow.

        >>> Flow("mfg_product_pass_rate", "制造业产品质量合格率", "pass rate").id
        'DF_MFG_PRODUCT_PASS_RATE'
        """
        return f"DF_{self.series.upper()}"

    @property
    def short(self) -> str:
        """The flow as SDMX-CSV names it.

        >>> Flow("x", "甲", "x", "1.4.0").short
        'ZH:DF_X(1.4.0)'
        """
        return f"{AGENCY}:{self.id}({self.version})"


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a message says: its id, when it was prepared, and whether its content is invented."""

    id: str
    prepared: datetime
    is_test: bool


def named(areas: Codes, indicators: Codes) -> dict[str, tuple[str, str, Codes]]:
    """Return every code list by its id: the fixed ones, and those of places and series."""
    return {
        **LISTS,
        "CL_AREA": ("地区", "Areas", areas),
        "CL_INDICATOR": ("指标", "Indicators", indicators),
    }


def write(
    heading: Heading,
    form: str,
    *,
    flows: Sequence[Flow] = (),
    lists: Mapping[str, tuple[str, str, Codes]] | None = None,
    has_structure: bool = False,
    has_concepts: bool = False,
) -> bytes:
    """Return a structure message that holds what is asked for, in the form that is asked for."""
    model = _pysdmx()
    held: list[Any] = []
    if has_concepts:
        held.append(_concepts(model))
    held += [_codelist(model, id, *one) for id, one in (lists or {}).items()]
    if has_structure:
        held.append(_structure(model))
    target = f"{_URN}.datastructure.DataStructure={AGENCY}:{DSD}({VERSION})"
    held += [
        model.Dataflow(
            id=one.id,
            name=_both(one.zh, one.en),
            description=_both(one.zh_description, one.en_description) or None,
            agency=AGENCY,
            version=one.version,
            structure=target,
        )
        for one in flows
    ]
    return _message(held, _header(model, heading), form)


def _message(held: list[Any], header: Any, form: str) -> bytes:
    if form == JSON_2_0:
        from pysdmx.io.json.sdmxjson2.writer.v2_0.structure import write as writer

        text = writer(held, header=header)
        return json.dumps(_parted(json.loads(text)), ensure_ascii=False, indent=1).encode()
    if form == XML_2_1:
        from pysdmx.io.xml.sdmx21.writer.structure import write as writer
    else:
        from pysdmx.io.xml.sdmx30.writer.structure import write as writer
    text = _MEASURED.sub("", writer(held, header=header))
    return _NAMED.sub(_in_two, text).encode()


_MEASURED = re.compile(r"\s*<str:MeasureRelationship>.*?</str:MeasureRelationship>", re.S)
_NAMED = re.compile(
    rf'(?P<indent>[ \t]*)<com:(?P<tag>Name|Description) xml:lang="en">'
    rf"(?P<en>[^<{_BETWEEN}]*){_BETWEEN}(?P<zh>[^<]*)</com:(?P=tag)>"
)


def _in_two(found: re.Match[str]) -> str:
    tag, indent = found["tag"], found["indent"]
    return (
        f'{indent}<com:{tag} xml:lang="zh">{found["zh"]}</com:{tag}>\n'
        f'{indent}<com:{tag} xml:lang="en">{found["en"]}</com:{tag}>'
    )


def _parted(node: Any) -> Any:
    """Return a JSON message in which each name of two languages stands as SDMX-JSON writes it."""
    if isinstance(node, list):
        return [_parted(one) for one in node]
    if not isinstance(node, dict):
        return node
    made: dict[str, Any] = {}
    for key, value in node.items():
        if isinstance(value, str) and _BETWEEN in value:
            english, _sign, chinese = value.partition(_BETWEEN)
            made |= {key: english, f"{key}s": {"en": english, "zh": chinese}}
        else:
            made[key] = _parted(value)
    return made


def _both(zh: str, en: str) -> str:
    return f"{en or zh}{_BETWEEN}{zh or en}" if zh or en else ""


def _pysdmx() -> Any:
    try:
        import pysdmx.model as model
    except ImportError:
        raise Missing(
            "This installation has no SDMX writer.", "Install it with: pip install 'zhiheng[site]'."
        ) from None
    return model


def _header(model: Any, heading: Heading) -> Any:
    from pysdmx.model.message import Header

    sender = model.Organisation(AGENCY)
    return Header(id=heading.id, test=heading.is_test, prepared=heading.prepared, sender=sender)


def _concept(model: Any, one: Component) -> Any:
    urn = f"{_URN}.conceptscheme.Concept={AGENCY}:{CONCEPTS}({VERSION}).{one.id}"
    return model.Concept(one.id, name=_both(one.zh, one.en), urn=urn)


def _concepts(model: Any) -> Any:
    name = _both("数据中的概念", "Concepts of figures")
    items = [_concept(model, one) for one in COMPONENTS]
    return model.ConceptScheme(id=CONCEPTS, name=name, agency=AGENCY, version=VERSION, items=items)


def _codelist(model: Any, id: str, zh: str, en: str, codes: Codes) -> Any:
    items = [model.Code(code, name=_both(*names)) for code, names in codes.items()]
    return model.Codelist(id=id, name=_both(zh, en), agency=AGENCY, version=VERSION, items=items)


def _structure(model: Any) -> Any:
    name = _both("数据", "Figures")
    parts = model.Components(list(_components(model, COMPONENTS)))
    return model.DataStructureDefinition(id=DSD, name=name, agency=AGENCY, version=VERSION, components=parts)


def _components(model: Any, wanted: Iterable[Component]) -> Iterable[Any]:
    kinds = {
        "string": model.DataType.STRING,
        "period": model.DataType.PERIOD,
        "decimal": model.DataType.DECIMAL,
        "integer": model.DataType.INTEGER,
    }
    for one in wanted:
        is_dimension, is_measure = one in DIMENSIONS, one is MEASURE
        roles = model.Role
        yield model.Component(
            id=one.id,
            required=is_dimension,
            role=roles.DIMENSION if is_dimension else roles.MEASURE if is_measure else roles.ATTRIBUTE,
            concept=_concept(model, one),
            local_dtype=kinds[one.kind],
            local_codes=_reference(model, one.codes),
            attachment_level=None if is_dimension or is_measure else "O",
        )


def _reference(model: Any, id: str) -> Any:
    """Return a code list without its codes: the writer needs its name alone."""
    if not id:
        return None
    return model.Codelist(id=id, name=id, agency=AGENCY, version=VERSION, items=[])
