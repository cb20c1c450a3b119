"""What notices write once, guarded in the database too: their versions and what these name."""

from __future__ import annotations

from zhiheng.ledger.insert_only import Guards

GUARDS = Guards("disclosure", ("disclosure_noticesubject", "disclosure_noticeversion"))
