"""What an officer does with notices: draft, publish, correct, withdraw; nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from zhiheng import ledger, people
from zhiheng.ledger.actor import Actor
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.reference import regions
from zhiheng.stages.draw.words import spoken

from . import bundles, composing, rules, signing, sources
from .models import Notice, NoticeSubject, NoticeVersion, NumberSeries
from .refusals import REFUSALS, refuse


@spoken(REFUSALS)
def draft(
    *,
    by: Any,
    kind: str,
    region: str = "",
    source_key: str = "",
    words: Mapping[str, str] | None = None,
    rule: str = rules.DEFAULT_RULE,
    event_on: date | None = None,
) -> Notice:
    """Begin a notice; one about a draw or a release is filled from it, and takes its region.

    ``words`` (title and text in both languages) stand before what is filled in; without them the house
    proposes its own.
    """
    about = rules.check_kind(kind)
    source_kind = ""
    if about.source != "none":
        source_kind, region = sources.find(by, about, source_key)
    actor = people.require(by, P.NOTICE_PUBLISH, region=regions.get(region).code)
    found = composing.redaction_rule(rule)
    gathered = sources.gather(about, source_key, found) if source_kind else None
    said = rules.check_words({**_proposed(gathered), **{k: v for k, v in (words or {}).items() if v.strip()}})
    now = clock.now()
    made = Notice(
        kind=about.id,
        region=region,
        title=said["title_zh"],
        title_en=said["title_en"],
        source_kind=source_kind,
        source_key=source_key if source_kind else "",
        rule=found.id,
        event_on=gathered.event_on if gathered else event_on,
        words=said,
        created_at=now,
        moved_at=now,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _record(actor, "notice.drafted", made, {}, "internal")
    except IntegrityError:
        raise refuse("notice-exists", source=source_key) from None
    return made


def _proposed(gathered: sources.Gathered | None) -> dict[str, str]:
    if gathered is None:
        return {}
    return {
        "title_zh": gathered.title["zh"],
        "title_en": gathered.title["en"],
        "text_zh": gathered.text["zh"],
        "text_en": gathered.text["en"],
    }


@spoken(REFUSALS)
def redraft(*, by: Any, notice: Notice, words: Mapping[str, str], rule: str = "") -> Notice:
    """Change the words of a draft, or what is masked in it."""
    actor = people.require(by, P.NOTICE_PUBLISH, region=notice.region)
    step = rules.advance(notice.state, "redraft")
    said = rules.check_words(words)
    found = composing.redaction_rule(rule or notice.rule)
    with transaction.atomic():
        _move(notice, step.target, words=said, rule=found.id, **_titles(said["title_zh"], said["title_en"]))
        _record(actor, step.verb, notice, {}, "internal")
    return notice


@spoken(REFUSALS)
def discard(*, by: Any, notice: Notice, reason: str) -> Notice:
    """Give up a draft; it was never public."""
    actor = people.require(by, P.NOTICE_PUBLISH, region=notice.region)
    step = rules.advance(notice.state, "discard")
    reason = composing.masked_reason(notice, reason)
    with transaction.atomic():
        title = composing.masked_title(notice)
        _move(notice, step.target, words={}, **_titles(title["zh"], title["en"]))
        _record(actor, step.verb, notice, {"reason": ledger.bound(reason)}, "internal")
    return notice


@spoken(REFUSALS)
def publish(*, by: Any, notice: Notice) -> Notice:
    """Publish a draft under the next number of its region and year; what was typed is gone from here then."""
    actor = people.require(by, P.NOTICE_PUBLISH, region=notice.region)
    step = rules.advance(notice.state, "publish")
    made = composing.of_draft(notice)
    today = clock.today()
    with transaction.atomic():
        _move(notice, step.target, words={}, version=1, issued_on=today, number=_next_number(notice, today))
        _add_version(actor, notice, step.verb, made, act=rules.ACTS["publish"])
    return notice


@spoken(REFUSALS)
def correct(
    *, by: Any, notice: Notice, version: int, words: Mapping[str, str], reason: str, rule: str = ""
) -> Notice:
    """Publish a new version with a public reason; ``version`` is the one that the officer saw."""
    actor = people.require(by, P.NOTICE_PUBLISH, region=notice.region)
    step = rules.advance(notice.state, "correct")
    reason = composing.masked_reason(notice, reason)
    before = _newest(notice, version)
    made = composing.again(notice, rules.check_words(words), rule or notice.rule, before=before.said)
    if composing.changes_nothing(notice, made, before.said):
        raise refuse("notice-unchanged")
    with transaction.atomic():
        _move(
            notice,
            step.target,
            version=version + 1,
            rule=made.words.redaction["rule"],
        )
        _add_version(
            actor, notice, step.verb, made, act=rules.ACTS["correct"], reason=reason, replaces=before.sha256
        )
    return notice


@spoken(REFUSALS)
def withdraw(*, by: Any, notice: Notice, version: int, reason: str, hides: bool = False) -> Notice:
    """Withdraw a notice with a public reason; its number, days, reason and digests stay at its address.

    ``hides`` takes the words out of sight as well, where they name what may not be named.
    """
    actor = people.require(by, P.NOTICE_PUBLISH, region=notice.region)
    step = rules.advance(notice.state, "withdraw")
    reason = composing.masked_reason(notice, reason)
    before = _newest(notice, version)
    made = composing.withdrawn(before.said, hides=hides)
    with transaction.atomic():
        _move(notice, step.target, version=version + 1, is_hidden=hides)
        _add_version(
            actor, notice, step.verb, made, act=rules.ACTS["withdraw"], reason=reason, replaces=before.sha256
        )
    return notice


def _newest(notice: Notice, version: int) -> NoticeVersion:
    """Return the version that an officer decided upon; another one in force now refuses the decision."""
    found = notice.versions.filter(version=version).first()
    if found is None or notice.version != version:
        raise refuse("notice-moved-on")
    return found


def _move(notice: Notice, target: str, **changes: Any) -> None:
    """Change a notice from the state and version that were seen; of two officers at once, one wins."""
    seen = Notice.objects.filter(pk=notice.pk, state=notice.state, version=notice.version)
    fresh = {**changes, "state": target, "moved_at": clock.now()}
    if not seen.update(**fresh):
        raise refuse("notice-moved-on")
    for name, value in fresh.items():
        setattr(notice, name, value)


def _next_number(notice: Notice, today: date) -> str:
    NumberSeries.objects.get_or_create(region=notice.region, year=today.year)
    series = NumberSeries.objects.select_for_update().get(region=notice.region, year=today.year)
    series.last += 1
    series.save(update_fields=["last"])
    return rules.number(notice.region, today.year, series.last)


def _add_version(
    actor: Actor,
    notice: Notice,
    verb: str,
    made: composing.Made,
    *,
    act: str,
    reason: str = "",
    replaces: str = "",
) -> None:
    """Write, sign and log one version."""
    said = made.content(notice, act=act, reason=reason, replaces=replaces, dated=clock.today(), data=_data())
    digest = canonical.digest(said)
    version = NoticeVersion(
        notice=notice,
        version=notice.version,
        act=act,
        content=canonical.dumps(said).decode(),
        sha256=digest,
        reason=reason,
        note=signing.sign(notice.number, notice.version, act, digest),
        vkey=signing.vkey(),
        actor_key=actor.key,
        actor_role=actor.role,
        actor_region=actor.region,
        recorded_at=clock.now(),
    )
    version.save(force_insert=True)
    _name(notice, made.about)
    Notice.objects.filter(pk=notice.pk).update(**_titles(said["title"]["zh"], said["title"]["en"]))
    detail = {
        "number": notice.number,
        "version": notice.version,
        "kind": notice.kind,
        "content_sha256": digest,
        "replaces": replaces,
        "reason": reason,
        "redaction": {key: said["redaction"][key] for key in ("rule", "version")},
        "is_hidden": said["is_hidden"],
        "vkey": version.vkey,
    }
    _record(actor, verb, notice, detail, "public")
    transaction.on_commit(lambda: bundles.write(notice))


def _name(notice: Notice, about: Sequence[tuple[str, str]]) -> None:
    NoticeSubject.objects.bulk_create(
        [NoticeSubject(notice=notice, version=notice.version, kind=kind, key=key) for kind, key in about],
        batch_size=500,
    )


def _titles(zh: str, en: str) -> dict[str, str]:
    return {"title": zh[: rules.MOST_TITLE + 80], "title_en": en[: rules.MOST_TITLE + 80]}


def _data() -> str:
    return "demonstration" if settings.DEMO else "operational"


def _record(actor: Actor, verb: str, notice: Notice, detail: dict[str, Any], visibility: str) -> None:
    about = [("notice", str(notice.pk)), ("region", notice.region)]
    if notice.source_key:
        about.append((notice.source_kind, notice.source_key))
    ledger.record(
        by=actor,
        verb=verb,
        subjects=about,
        detail=detail or {"kind": notice.kind},
        visibility=visibility,
        region=notice.region,
    )
