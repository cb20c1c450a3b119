"""What officers do with notices, each to a notice of its own."""

from __future__ import annotations

from typing import Any

from tests import country

from .cast import person

TO_REDRAFT, TO_DISCARD, TO_PUBLISH, TO_CORRECT, TO_WITHDRAW = ("甲", "乙", "丙", "丁", "戊")


def _words(name: str, text: str = "请注意。电话13812345678。") -> dict[str, str]:
    return {"title_zh": f"关于公告{name}的提示", "text_zh": text, "title_en": "", "text_en": ""}


def _notice(name: str) -> Any:
    from zhiheng.stages.disclosure.models import Notice

    return Notice.objects.get(title=f"关于公告{name}的提示")


def _draft(words: dict[str, str]) -> Any:
    from zhiheng.stages.disclosure import actions

    return actions.draft(by=person("province"), kind="other", region=country.REGION, words=words)


def prepare() -> None:
    """Leave drafts, and two notices that are published."""
    from zhiheng.stages.disclosure import actions

    for name in (TO_REDRAFT, TO_DISCARD, TO_PUBLISH):
        _draft(_words(name))
    for name in (TO_CORRECT, TO_WITHDRAW):
        actions.publish(by=person("province"), notice=_draft(_words(name)))


def draft_notice() -> None:
    """Draft the result notice of the last quarter, which the story leaves to be done."""
    from zhiheng.stages.disclosure import actions

    serial = f"{country.REGION}-{country.QUARTERS[-1]}-001"
    actions.draft(by=person("province"), kind="spot_check_result", source_key=serial)


def redraft_notice() -> None:
    """Change the words of a draft; the same words again change nothing but say so in the ledger."""
    from zhiheng.errors import Conflict
    from zhiheng.stages.disclosure import actions

    notice = _notice(TO_REDRAFT)
    words = _words(TO_REDRAFT, "请特别注意。")
    if notice.words == words:
        raise Conflict("The draft says so already.", "", code="said-already")
    actions.redraft(by=person("province"), notice=notice, words=words)


def discard_notice() -> None:
    """Give a draft up."""
    from zhiheng.stages.disclosure import actions

    actions.discard(by=person("province"), notice=_notice(TO_DISCARD), reason="不再需要")


def publish_notice() -> None:
    """Publish a draft."""
    from zhiheng.stages.disclosure import actions

    actions.publish(by=person("province"), notice=_notice(TO_PUBLISH))


def correct_notice() -> None:
    """Correct the first version of a notice."""
    from zhiheng.stages.disclosure import actions

    actions.correct(
        by=person("province"),
        notice=_notice(TO_CORRECT),
        version=1,
        words=_words(TO_CORRECT, "请注意，已经更正。"),
        reason="文字有误",
    )


def withdraw_notice() -> None:
    """Withdraw a notice and take its words out of sight."""
    from zhiheng.stages.disclosure import actions
    from zhiheng.stages.disclosure.models import Notice

    found = Notice.objects.filter(title=f"关于公告{TO_WITHDRAW}的提示").first()
    actions.withdraw(
        by=person("province"),
        notice=found or Notice.objects.get(state="withdrawn"),
        version=1,
        reason="内容有误",
        hides=True,
    )
