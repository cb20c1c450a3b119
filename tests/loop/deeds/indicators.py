"""What a statistician does with figures."""

from __future__ import annotations

from tests import country

from .cast import INSPECTED, person


def release() -> None:
    """Release the quarter that was inspected."""
    from zhiheng.site.demo.loop import HEADLINE
    from zhiheng.stages.indicators import actions
    from zhiheng.stages.plan.models import Series

    actions.release(
        by=person("statistician"),
        series=Series.objects.get(pk=HEADLINE),
        region=country.REGION,
        periods=[INSPECTED],
    )
