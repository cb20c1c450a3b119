"""Construction sites, their checks, the points of a check, and what was found at each point."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7
from zhiheng.procedure import machine
from zhiheng.reference import checks

from ..labels import VERDICTS
from ..rules import sites as rules
from .kept import InsertOnly

PROJECT_TYPES = tuple(one.code for one in checks.subjects(checks.ENGINEERING))


class Site(models.Model):
    """A construction project at one place, with who builds it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code of the project"), max_length=40, unique=True)
    name = models.CharField(_("project"), max_length=120)
    project_type = models.CharField(_("type of project"), max_length=20)
    region = models.CharField(_("region"), max_length=6)
    builder = models.CharField(_("builder"), max_length=120)
    builder_code = models.CharField(_("code of the builder"), max_length=18, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("construction site")
        ordering = ("region", "code")
        constraints = (
            models.CheckConstraint(
                name="site_has_code_name_builder", condition=~Q(code="") & ~Q(name="") & ~Q(builder="")
            ),
        )
        indexes = (models.Index(fields=("region", "code"), name="site_region_code"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class SiteCheck(models.Model):
    """One check of a site by two inspectors; what becomes of it is a state of its table."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="checks")
    region = models.CharField(_("region"), max_length=6)
    period = models.CharField(_("period"), max_length=6)
    state = models.CharField(_("state"), max_length=12, default=rules.PLANNED)
    basis = models.CharField(max_length=24, default=rules.BASIS)
    first_inspector = models.ForeignKey(
        "registry.Inspector", on_delete=models.PROTECT, related_name="first_site_checks"
    )
    second_inspector = models.ForeignKey(
        "registry.Inspector", on_delete=models.PROTECT, related_name="second_site_checks"
    )
    planned_on = models.DateField()
    checked_on = models.DateField(_("checked on"), null=True)
    moved_on = models.DateField(null=True)
    correct_by = models.DateField(_("to be corrected by"), null=True)
    note = models.CharField(_("note"), max_length=400, blank=True, default="")

    class Meta:
        verbose_name = _("check of a site")
        ordering = ("-period", "region", "id")
        indexes = (models.Index(fields=("region", "state"), name="site_check_region_state"),)
        constraints = (
            models.UniqueConstraint(fields=("site", "period"), name="site_checked_once_a_period"),
            models.CheckConstraint(
                name="site_check_by_two", condition=~Q(first_inspector=F("second_inspector"))
            ),
            models.CheckConstraint(
                name="site_check_planned_without_a_day",
                condition=Q(state=rules.PLANNED, checked_on__isnull=True)
                | ~Q(state=rules.PLANNED) & Q(checked_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.period} {self.site_id} {self.state}"

    @property
    def standing(self) -> machine.State:
        """The state with its name, from the table of the procedure."""
        return rules.TABLE.state(self.state)


class CheckPoint(InsertOnly):
    """One place of a site that was looked at."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site_check = models.ForeignKey(SiteCheck, on_delete=models.PROTECT, related_name="points")
    number = models.PositiveSmallIntegerField(_("number"))
    place = models.CharField(_("place"), max_length=120)
    conforms = models.BooleanField(_("conforms"))
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("point of a check")
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("site_check", "number"), name="check_point_once"),
            models.CheckConstraint(name="check_point_has_a_place", condition=~Q(place="")),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.place}"


class PointResult(InsertOnly):
    """What was found of one item at one point, with the limit it was held against."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    point = models.ForeignKey(CheckPoint, on_delete=models.PROTECT, related_name="results")
    item = models.CharField(_("item"), max_length=20)
    value = models.CharField(_("value"), max_length=24)
    unit = models.CharField(_("unit"), max_length=24, blank=True, default="")
    limit = models.CharField(_("limit"), max_length=24, blank=True, default="")
    limit_kind = models.CharField(max_length=5, blank=True, default="")
    verdict = models.CharField(_("verdict"), max_length=4, choices=VERDICTS)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("result at a point")
        ordering = ("item",)
        constraints = (
            models.UniqueConstraint(fields=("point", "item"), name="point_result_once_an_item"),
            models.CheckConstraint(name="point_result_has_a_value", condition=~Q(value="")),
            models.CheckConstraint(
                name="point_result_verdict_known", condition=Q(verdict__in=("pass", "fail"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.value} {self.verdict}"
