"""Writes class and period of the drawn unit where the board counts, and the indexes that lists and board walk."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def fill(apps, schema_editor):
    """Copy the class of each drawn unit to its visit, and the period of each visit to its case."""
    alias = schema_editor.connection.alias
    visits = apps.get_model("inspection", "Visit").objects.using(alias)
    cases = apps.get_model("inspection", "Case").objects.using(alias)
    drawn = apps.get_model("draw", "Selection").objects.filter(pk=OuterRef("selection"))
    visits.update(stratum=Subquery(drawn.values("stratum")[:1]))
    cases.update(period=Subquery(visits.filter(pk=OuterRef("visit")).order_by().values("period")[:1]))


HIDING = (
    *("opened", "notified", "objected", "retest_offered", "retest_formal", "retesting"),
    "overturned",
)
VISITS = (
    models.Index(fields=["state", "region"], name="visit_state_region"),
    models.Index(
        fields=["period", "region", "division", "id", "state", "draw"], name="visit_period_region"
    ),
    models.Index(
        fields=["region", "period", "division", "id", "state", "draw"], name="visit_region_period"
    ),
    models.Index(fields=["period", "draw", "stratum", "region", "state"], name="visit_board"),
)
CASES = (
    models.Index(fields=["state", "opened_on", "id"], name="case_state_opened"),
    models.Index(fields=["period", "region", "state", "id"], name="case_board"),
    models.Index(
        fields=["visit", "id", "state", "contestable_until", "is_held"],
        name="case_hiding",
        condition=Q(is_held=True) | Q(state__in=HIDING),
    ),
)
REPLACED = ("visit_board", "visit_region_state", "visit_period_region", "visit_region_period")


class Migration(migrations.Migration):
    """The second step of inspection."""

    dependencies = (("inspection", "0001_first"),)

    operations = (
        *(migrations.RemoveIndex(model_name="visit", name=name) for name in REPLACED),
        migrations.AddField(
            model_name="visit",
            name="stratum",
            field=models.CharField(default="", max_length=8, verbose_name="stratum"),
        ),
        migrations.AddField(
            model_name="case",
            name="period",
            field=models.CharField(default="", max_length=6, verbose_name="period"),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="case", name="region", field=models.CharField(max_length=6, verbose_name="region")
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(condition=~Q(period=""), name="case_period_known"),
        ),
        *(migrations.AddIndex(model_name="visit", index=index) for index in VISITS),
        *(migrations.AddIndex(model_name="case", index=index) for index in CASES),
        migrations.RemoveIndex(model_name="clock", name="clock_status_due"),
        migrations.AddIndex(
            model_name="clock",
            index=models.Index(fields=["status", "due_on", "rule", "id", "case"], name="clock_status_due"),
        ),
    )
