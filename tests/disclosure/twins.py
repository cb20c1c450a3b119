"""Lets several officers publish the same draft, and then several drafts, at the same moment.

Run as ``python -m tests.disclosure.twins WRITERS`` with ``DATABASE_URL`` and ``ZHIHENG_VAR``.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import Any

from tests.ledger.victim import in_fork
from tests.ledger.writers import forked
from zhiheng.site import setup

REGION = "330000"


def prepare(writers: int) -> None:
    """Set up the schema with one draft for all, and one for each."""
    from zhiheng.people.scope import System
    from zhiheng.site.commands import migrate
    from zhiheng.stages.disclosure import actions

    migrate.apply()
    for number in range(writers + 1):
        words = {"title_zh": f"提示{number}", "text_zh": "请注意。"}
        actions.draft(by=System("test"), kind="other", region=REGION, words=words)


def publish(number: int) -> int:
    """Publish a draft; 3 when somebody else was quicker, whether before or after it was read."""
    from zhiheng.errors import Conflict
    from zhiheng.people.scope import System
    from zhiheng.stages.disclosure import actions
    from zhiheng.stages.disclosure.models import Notice

    try:
        actions.publish(by=System("test"), notice=Notice.objects.get(title=f"提示{number}"))
    except Conflict as error:
        return 3 if error.code in ("notice-moved-on", "step-not-now") else 4
    return 0


def state() -> dict[str, Any]:
    """Tell what was published and what the ledger says of it."""
    from zhiheng.ledger.models import Entry
    from zhiheng.stages.disclosure.models import Notice, NoticeVersion

    numbers = Notice.objects.exclude(number="").order_by("number").values_list("number", flat=True)
    return {
        "numbers": list(numbers),
        "versions": NoticeVersion.objects.count(),
        "entries": Entry.objects.filter(verb="notice.published").count(),
    }


def main(writers: int) -> None:
    """Let them all publish the same, then each another."""
    setup.start()
    in_fork(partial(prepare, writers))
    same = forked([partial(publish, 0)] * writers)
    each = forked([partial(publish, number) for number in range(1, writers + 1)])
    print(json.dumps({"same": sorted(same), "each": sorted(each), **in_fork(state)[1]}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
