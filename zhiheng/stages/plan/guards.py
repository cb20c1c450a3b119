"""What the plan writes once, guarded in the database too: what a series meant, and where it breaks."""

from __future__ import annotations

from zhiheng.ledger.insert_only import Guards

GUARDS = Guards("plan", ("plan_seriesbreak", "plan_seriesversion"))
