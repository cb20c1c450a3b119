"""Who may be drawn for a duty with goods, a channel or strata of its own, read from the register."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from zhiheng.formats import periods
from zhiheng.people import clock
from zhiheng.reference import regions
from zhiheng.stages.plan.models import CHANNELS, Obligation
from zhiheng.stages.plan.rules.obligations import lately
from zhiheng.stages.registry import rules as registry
from zhiheng.stages.registry import store
from zhiheng.stages.registry.models import CatalogueItem, Product, Site, Subject

from . import rules
from .models import Draw, Selection
from .rules import design

RULE = "list-of-a-duty/2"
SITES = {"factory": "factory", "shop": "shop", "platform": "online"}
"""The kind of site by which a firm of another channel stands in the list of a channel as well."""


@dataclass(frozen=True)
class Listed:
    """The columns of a frame, and the output of each unit."""

    columns: tuple
    amounts: tuple


def producers(region: str, item: CatalogueItem | None, channel: str = "") -> QuerySet[Subject]:
    """Return the active subjects of a region that an item of the catalogue is about, in a channel.

    With keywords: those with a registered product whose name holds one of them (and whose division is one of
    the item's, where it names any), and those of its divisions of whom no product is registered: what they
    make is unknown, and nobody is left out by a gap. Without keywords: those of its divisions, or with a
    product of them. Without an item: all of the divisions that the pass rate covers. A channel holds the
    firms registered for it and those with a site of its kind today: a maker with an online shop is in two.
    """
    found = Subject.objects.filter(region__range=regions.span(region), is_active=True)
    if channel:
        found = found.filter(Q(channel=channel) | Q(Exists(_sites(channel))))
    if item is None:
        return found.filter(division__in=sorted(registry.covered_divisions()))
    own = Product.objects.filter(subject=OuterRef("pk"))
    made = own.filter(division__in=item.divisions) if item.divisions else own
    if not item.keywords:
        return found.filter(Q(division__in=item.divisions) | Q(Exists(made)))
    named = Q()
    for word in item.keywords:
        named |= Q(name__contains=word)
    unknown = Q(division__in=item.divisions) & ~Q(Exists(own))
    return found.filter(Q(Exists(made.filter(named))) | unknown)


def _sites(channel: str) -> QuerySet[Site]:
    """Return the sites that put their subject into a channel today."""
    today = clock.today()
    held = Site.objects.filter(subject=OuterRef("pk"), kind=SITES[channel], valid_from__lte=today)
    return held.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=today))


def read(duty: Obligation) -> Listed:
    """Read the units of a duty with their strata."""
    values = ("code", "risk_class", "credit_class", "region", "division", "output_value")
    found = store.plain(producers(duty.region, duty.item, duty.channel).order_by().values_list(*values))
    by_credit = bool(duty.weights.get("credit"))
    lately = drawn_lately(duty)
    strata = [
        design.stratum_name(risk, credit if by_credit else None, is_recent=code in lately)
        for code, risk, credit, *_rest in found
    ]
    if not found:
        return Listed(((), 1, (), (), ()), ())
    codes, _risk, _credit, places, divisions, amounts = zip(*found, strict=True)
    return Listed((codes, 1, strata, places, divisions), amounts)


def drawn_lately(duty: Obligation) -> set[str]:
    """Return the units that this office drew lately: in a period that touches those before the duty's.

    A year's draw touches each of its quarters, so a firm that it drew counts as drawn lately in all of them.
    """
    if not duty.burden_periods:
        return set()
    days = lately(duty.period, duty.burden_periods)
    held = Draw.objects.filter(region=duty.region).order_by().values_list("period", flat=True).distinct()
    chosen = Selection.objects.filter(
        Q(is_reserve=False) | Q(stands_for__isnull=False),
        draw__region=duty.region,
        draw__state__in=rules.OPEN,
        draw__period__in=[text for text in held if periods.parse(text).touches(*days)],
    )
    return set(chosen.order_by().values_list("unit_code", flat=True))


def definition(duty: Obligation) -> str:
    """Say what the list of a duty holds: a Chinese line, and an English one."""
    place, item = regions.get(duty.region), duty.item
    channels: dict[str, tuple[str, str]] = {
        "": ("各渠道", "all channels"),
        "factory": ("生产环节：按登记渠道或在册厂址", "factories, by registered channel or site"),
        "shop": ("流通环节实体店：按登记渠道或在册门店", "shops, by registered channel or site"),
        "platform": ("网络平台：按登记渠道或在册网店", "online, by registered channel or online shop"),
    }
    zh, en = channels[duty.channel]
    assert set(channels) == {"", *(value for value, _label in CHANNELS)}
    goods_zh = f"{item.year}年目录“{item.name}”（{item.code}）" if item else "产品质量合格率所覆盖29个大类"
    goods_en = f"item {item.code} of the {item.year} catalogue" if item else "the 29 covered divisions"
    more_zh, more_en = _strata_words(duty)
    return (
        f"{place.zh}（{place.code}）辖区内，冻结时登记为在业、属于{goods_zh}的经营主体（{zh}），{more_zh}。\n"
        f"Subjects in {place.en or place.zh} ({place.code}), active when the frame was frozen, of {goods_en} "
        f"({en}); {more_en}."
    )


def _strata_words(duty: Obligation) -> tuple[str, str]:
    zh, en = ["风险分类"], ["risk class"]
    if duty.weights.get("credit"):
        zh.append("信用分类")
        en.append("credit class")
    if duty.burden_periods:
        zh.append(f"前{duty.burden_periods}{_measure(duty.period)}是否被抽中")
        en.append(f"whether drawn in the {duty.burden_periods} {periods.parse(duty.period).kind}s before")
    return f"按{'、'.join(zh)}分层", f"strata by {', '.join(en)}"


def _measure(period: str) -> str:
    """Return how periods of a kind are counted in Chinese."""
    words = {periods.YEAR: "年", periods.HALF: "个半年", periods.QUARTER: "个季度", periods.MONTH: "个月"}
    return words[periods.parse(period).kind]


def kind(duty: Obligation) -> str:
    """Return what the list of a duty is about, so that it is compared with the last such list."""
    goods = duty.item.code if duty.item else "all"
    return f"{RULE}:{goods}:{duty.channel or 'all'}"


def purpose(duty: Obligation) -> str:
    """Return the words under which the frame of a duty is kept: they are public, so they are words."""
    goods = duty.item.name if duty.item else "29个大类产品"
    channel = {"factory": "生产环节", "shop": "线下门店", "platform": "网络平台"}.get(duty.channel, "各渠道")
    return f"{duty.period} {goods[:40]} {channel} {str(duty.pk)[-12:]}"
