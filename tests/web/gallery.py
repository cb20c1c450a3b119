"""One page of each kind, with every component on it; not shipped, for tests and for looking at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

from django import forms as django_forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from zhiheng import charts as drawing
from zhiheng import web
from zhiheng.errors import BadInput, Conflict, LimitExceeded, NotFound, RuleRefused
from zhiheng.formats import identifiers
from zhiheng.people import P
from zhiheng.people.models import Appointment
from zhiheng.people.roles import ROLES
from zhiheng.web import breadcrumb, forms, imports, tables, tilemap
from zhiheng.web.charts import ChartBlock
from zhiheng.web.slots import Panel
from zhiheng.web.tables import State
from zhiheng.web.timeline import TimelineItem
from zhiheng.web.why import Why

ROLE_CHOICES = tuple((role.id, role.zh) for role in ROLES.values())
LIST = tables.Table(
    columns=(
        tables.Column(
            "name", "姓名", field="person__display_name", url=lambda row: f"/gallery/record/?{row.pk}"
        ),
        tables.Column("role", "角色", states=dict(ROLE_CHOICES)),
        tables.Column("region", "地区", kind="region", sort=("region", "pk")),
        tables.Column("organisation", "机构", kind="code"),
        tables.Column("valid_from", "起", kind="date"),
        tables.Column("days", "天数", kind="number", unit="天", value=lambda row: 12345.5, sortable=False),
        tables.Column("state", "状态", kind="state", value=lambda row: _state(row), sortable=False),
    ),
    filters=(
        tables.Filter("region", "地区", kind="region"),
        tables.Filter("role", "角色", kind="choice", choices=ROLE_CHOICES),
        tables.Filter("from", "起", kind="date", field="valid_from"),
    ),
    default_sort="name",
    search_fields=("person__display_name", "organisation"),
    export_name="appointments",
    caption="任命",
)
LIGHT = tables.Table(
    columns=(tables.Column("role", "角色"), tables.Column("organisation", "机构")),
    default_sort="role",
    id="light",
)


def _state(row: Appointment) -> State:
    known = {
        "officer": State("进行中", "running"),
        "lab": State("已完成", "done"),
        "firm": State("已停止", "stopped"),
    }
    return known.get(row.role, State("待办", "todo"))


@web.page(permission=P.REGISTRY_VIEW)
def list_page(request: HttpRequest) -> HttpResponse:
    rows = Appointment.objects.all()
    return LIST.respond(request, rows, "web/list.html", {"title": "主体台账", "lead": "本地区生产经营主体。"})


@web.page(public=True)
def light_page(request: HttpRequest) -> HttpResponse:
    return LIGHT.respond(request, Appointment.objects.all(), "web/list.html", {"title": "light"})


class Objection(forms.Form):
    """A form with two groups, a set of choices, a box and a date."""

    form_id = "gallery.objection"
    keeps_draft = True
    groups = (("异议人", ("code", "kind")), ("理由", ("on", "reason", "agrees")))

    code = django_forms.CharField(label="统一社会信用代码", help_text="18位,见营业执照。", max_length=18)
    kind = django_forms.ChoiceField(
        label="异议对象",
        choices=(("result", "检验结果"), ("sample", "样品")),
        widget=django_forms.RadioSelect,
    )
    on = django_forms.DateField(label="收到报告日期", widget=django_forms.DateInput(attrs={"type": "date"}))
    reason = django_forms.CharField(
        label="理由", widget=django_forms.Textarea, required=False, max_length=400
    )
    agrees = django_forms.BooleanField(label="以上内容属实")


SENT: list[str] = []


def send(form: Objection) -> str:
    code = form.cleaned_data["code"]
    if code.startswith("NO"):
        raise RuleRefused(
            "This sample was already retested.", "A second retest needs a new objection.", field="code"
        )
    SENT.append(code)
    return f"/gallery/record/?{len(SENT)}"


@web.page()
def form_page(request: HttpRequest) -> HttpResponse:
    form, answer = forms.handle(request, Objection, act=send, key="r-17", title="异议 R-17")
    return answer or render(request, "web/form_page.html", {"form": form, "title": "提出异议"})


@web.page()
def review_page(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        reasons = forms.return_reasons(request, Objection)
        return HttpResponse(repr(reasons))
    form = Objection(initial={"code": "91330100MA2XXXXX0Y", "kind": "result", "reason": "样品封签破损。"})
    return render(request, "web/form_review_page.html", {"form": form, "title": "审核"})


def why() -> Why:
    return Why(
        rule="复检期限/15日",
        sentence="收到检验报告之日起15日内可以书面提出异议。",
        inputs=[("收到报告", "2026年3月2日"), ("期限", "15个自然日")],
        article="《产品质量监督抽查管理暂行办法》第三十条",
        article_url="/gallery/notice/",
        source="市场监管总局令第18号",
        confidence="secondary",
        who="监管人员",
        when=datetime(2026, 3, 1, 4, 0, tzinfo=UTC),
        check=["zhiheng due spotcheck.objection --from 2026-03-02", "与公报文本比对。"],
    )


ITEMS = [
    TimelineItem(
        datetime(2026, 3, 2, 0, 40, tzinfo=UTC), "检验结果已录入", "监管人员 · 记录 128", "", "stopped"
    ),
    TimelineItem(datetime(2026, 2, 20, 1, 0, tzinfo=UTC), "已抽样", "封签 A-0017", "", "running"),
    TimelineItem(date(2026, 1, 9), "抽查计划公布", "", "/draws/", "done"),
]


@web.page()
def record_page(request: HttpRequest) -> HttpResponse:
    context = {
        "title": "浙江示范电器有限公司",
        "crumbs": breadcrumb.region_trail(
            "330106", lambda code: f"/gallery/list/?region={code}", last_is_link=True
        ),
        "standing": [State("风险等级 C", "todo"), State("在营", "done")],
        "identity": [
            ("统一社会信用代码", identifiers.demo_uscc(7, "330106")),
            ("行业", "电气机械和器材制造业"),
        ],
        "items": ITEMS,
        "panels": [
            Panel("近期检查", "web/figures.html", {"figures": [{"label": "抽查批次", "value": "12"}]})
        ],
        "actions": [("登记检查", "/gallery/form/"), ("打印", "/gallery/notice/")],
        "why": why(),
    }
    return render(request, "web/record.html", context)


def trend_block() -> ChartBlock:
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    rows = [
        drawing.Band(
            f"202{4 + place // 4}Q{place % 4 + 1}",
            0.92 + place * 0.002,
            0.91 + place * 0.002,
            0.935 + place * 0.002,
        )
        for place in range(8)
    ]
    spec = drawing.rate_trend(rows, title="制造业产品质量合格率达到目标了吗?", target=0.94, language=language)
    return ChartBlock(
        title="制造业产品质量合格率,浙江省",
        question="制造业产品质量合格率达到目标了吗?",
        svg=drawing.render_svg(spec),
        columns=["季度", "合格率(%)", "95%区间"],
        rows=[[row.label, f"{row.estimate:.2%}", f"{row.lower:.1%}–{row.upper:.1%}"] for row in rows],
        unit="%",
        period="2024Q1–2025Q4",
        n=12345,
        basis="概率抽样",
        purpose="评价",
        interval_note="95%设计区间",
        download_url="/gallery/figure/?format=csv",
    )


def group_block() -> ChartBlock:
    names = ("农副食品加工业", "食品制造业", "酒、饮料和精制茶制造业", "纺织业", "电气机械和器材制造业")
    rows = [
        drawing.Band(name, 0.9 + place * 0.017, 0.88 + place * 0.017, 0.92 + place * 0.016)
        for place, name in enumerate(names)
    ]
    spec = drawing.rate_by_group(rows, title="哪些行业合格率较低?", target=0.94)
    cells = [[row.label, f"{row.estimate:.2%}"] for row in rows]
    return ChartBlock(
        "分行业合格率", "哪些行业合格率较低?", drawing.render_svg(spec), ["行业", "合格率(%)"], cells
    )


def tiles() -> list[tilemap.Tile]:
    values = {
        "330000": Decimal("0.951"),
        "440000": Decimal("0.938"),
        "110000": Decimal("0.962"),
        "650000": 0.91,
    }
    bounds = (0.92, 0.93, 0.94, 0.95)
    return tilemap.build(
        values,
        label=lambda share: f"{float(share):.1%}",
        tone=tilemap.shade(bounds),
        url=lambda code: f"/gallery/list/?region={code}",
    )


@web.page(public=True)
def figure_page(request: HttpRequest) -> HttpResponse:
    context = {
        "title": "制造业产品质量合格率达到94%的目标了吗?",
        "lead": "2025年第四季度,浙江省。",
        "figures": [
            {
                "label": "加权合格率",
                "value": "93.65%",
                "interval": "95%区间 93.4–93.9",
                "period": "2025年第四季度",
            },
            {"label": "目标", "value": "94%", "period": "2025年"},
            {"label": "检验批次", "value": "12,345"},
        ],
        "chart": trend_block(),
        "tiles": tiles(),
        "legend": tilemap.legend((0.92, 0.93, 0.94, 0.95), lambda share: f"{share:.0%}"),
        "why": why(),
    }
    return render(request, "web/figure.html", context)


@web.page(public=True)
def group_page(request: HttpRequest) -> HttpResponse:
    return render(request, "web/figure.html", {"title": "分行业", "chart": group_block()})


@web.page(public=True)
def notice_page(request: HttpRequest) -> HttpResponse:
    context = {
        "title": "监督抽查不合格情况公示",
        "decided": [("被抽查主体", "浙江示范电器有限公司"), ("检验项目", "接地电阻"), ("结论", "不合格")],
        "article": "《产品质量法》第十七条",
        "permanent_url": "/notices/1/",
        "verify_url": "/verify/",
        "corrections": ITEMS[:1],
        "why": why(),
    }
    return render(request, "web/notice.html", context)


REFUSALS = {
    "bad": BadInput("The unit is unknown.", "Write mg/kg."),
    "missing": NotFound("There is no such draw.", "Check its number."),
    "conflict": Conflict("It was revealed already.", "Open it."),
    "rule": RuleRefused("The draw is not committed.", "Commit it first."),
    "large": LimitExceeded("The file is too large.", "Split it."),
}


@web.page(public=True)
def refusal(request: HttpRequest, kind: str) -> HttpResponse:
    if kind == "fault":
        raise RuntimeError("a fault of ours")
    raise REFUSALS[kind]


def parse_region(text: str) -> str:
    from zhiheng.web.tables.narrowing import region_code

    return region_code(text)


def parse_code(text: str) -> str:
    identifiers.check_uscc(text, demo=True)
    return text


STORED: list[dict] = []


def store(*, by: object, rows: list[dict], source: str) -> SimpleNamespace:
    STORED.append({"by": by, "rows": rows, "source": source})
    return SimpleNamespace(created=len(rows), updated=0, unchanged=0)


def no_repeats(_person: object, rows: list[imports.ImportRow]):
    seen: dict[str, int] = {}
    for row in rows:
        code = row.values["code"]
        if code in seen:
            yield imports.ImportFault(
                row.number, "code", f"The code stands in row {seen[code]} too.", "Keep one."
            )
        seen.setdefault(code, row.number)


SPEC = imports.ImportSpec(
    id="gallery-subjects",
    title="导入主体名单",
    columns=(
        imports.ImportColumn(
            "code", "统一社会信用代码", "Social credit code", ("信用代码",), True, parse_code, "18位。"
        ),
        imports.ImportColumn("name", "名称", "Name", ("企业名称",), True),
        imports.ImportColumn(
            "region", "地区", "Region", ("行政区划",), True, parse_region, "六位代码或名称。"
        ),
        imports.ImportColumn("note", "备注", "Note", default=None),
    ),
    check_rows=no_repeats,
    store=store,
    permission=P.REGISTRY_IMPORT,
)
