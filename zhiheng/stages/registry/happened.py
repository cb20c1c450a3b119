"""Everything that happened to a subject and to what belongs to it, in one time line, newest first.

The ledger names the subject in each of its entries; what was merged into it is read through the link, and
the rooms of later stages add their draws, cases and handed-in lists through a slot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.ledger import words as written
from zhiheng.ledger.models import Entry, EntrySubject, Visibility
from zhiheng.web import slots, timeline, wording
from zhiheng.web.timeline import Entries, Fact, TimelineItem

from . import queries, words
from .models import Subject, SubjectLink

SIZE = 30
DEEPEST = 100  # pages; whoever looks further back narrows to a kind
OWN_GROUP = "register"
ANCHORS = {"registry.standing_set": "standing"} | dict.fromkeys(
    ("registry.subject_merged", "registry.merge_undone", "registry.subject_split"), "links"
)


@dataclass(frozen=True)
class Page:
    """One page of a time line; ``hidden`` lines are about records that the reader may not see."""

    items: list[TimelineItem]
    number: int
    has_next: bool
    hidden: int


@dataclass(frozen=True)
class _Line:
    """An entry or a fact at its time."""

    at: datetime
    seq: int
    entry: Entry | None = None
    item: TimelineItem | None = None


def of_subject(person: Any, found: Subject, *, group: str = "", number: int = 1, size: int = SIZE) -> Page:
    """Return one page of the time line of a subject, of everything or of one group of verbs."""
    number = max(1, min(number, DEEPEST))
    merged = {str(one.pk): one for one in found.merged.all()}
    keys = [str(found.pk), *merged]
    parts = [Entries("subject", keys), *_before_splits(found)]
    parts += slots.happenings.collect("subject", person, keys)
    most = number * size + 1
    entries = _entries([part for part in parts if isinstance(part, Entries)], group, most)
    lines = [_Line(entry.at, entry.seq, entry) for entry in entries]
    facts = [part for part in parts if isinstance(part, Fact) and group in ("", part.group)]
    lines += [_Line(fact.item.at, 0, item=fact.item) for fact in facts]
    lines += _entered(found, entries, group, is_whole=len(entries) < most)
    lines.sort(key=lambda line: (line.at, line.seq), reverse=True)
    shown = lines[(number - 1) * size : number * size]
    items = _items(person, found, merged, shown)
    return Page(items, number, len(lines) > number * size and number < DEEPEST, len(shown) - len(items))


def _before_splits(found: Subject) -> list[Entries]:
    """Return what a subject that was split off shares with where it came from: all until that moment."""
    rows = SubjectLink.objects.filter(kind="split", target=found).order_by()
    return [Entries("subject", [str(row.source_id)], until=row.recorded_at) for row in rows]


def _entries(parts: Iterable[Entries], group: str, most: int) -> list[Entry]:
    """Read the newest entries of all parts, one statement a part, each entry once."""
    found: dict[Any, Entry] = {}
    for part in parts:
        rows = asked(part, group)[:most]
        found.update((entry.pk, entry) for entry in rows)
    return sorted(found.values(), key=lambda entry: (entry.at, entry.seq), reverse=True)[:most]


def asked(part: Entries, group: str) -> Any:
    """Return the entries of one part as a query that begins at the index of subjects, not at the ledger."""
    named = EntrySubject.objects.filter(kind=part.kind, key__in=list(part.keys)).order_by()
    rows = Entry.objects.filter(pk__in=named.values("entry")).exclude(visibility=Visibility.RESTRICTED)
    if part.verbs:
        rows = rows.filter(verb__in=part.verbs)
    if part.until is not None:
        rows = rows.filter(at__lte=part.until)
    if group:
        of_group = Q(pk__in=())
        for prefix in timeline.groups.prefixes(group):
            of_group |= Q(verb__startswith=prefix)
        rows = rows.filter(of_group)
    subjects = Prefetch("subjects", EntrySubject.objects.order_by("position"))
    return rows.order_by("-at", "-seq").prefetch_related(subjects)


def _entered(found: Subject, entries: Sequence[Entry], group: str, *, is_whole: bool) -> list[_Line]:
    """Say when a subject entered in a list; one entered by hand has an entry that says so."""
    is_told = any(entry.verb == "registry.subject_registered" for entry in entries)
    if is_told or not is_whole or group not in ("", OWN_GROUP):
        return []
    item = TimelineItem(found.recorded_at, _("Entered the register"), tone="done")
    return [_Line(found.recorded_at, 0, item=item)]


def _items(
    person: Any, found: Subject, merged: dict[str, Subject], lines: Sequence[_Line]
) -> list[TimelineItem]:
    """Write the lines, each with the page of its record; leave out what the reader may not see."""
    about = {line.entry.pk: _about(line.entry) for line in lines if line.entry is not None}
    wanted: dict[str, set[str]] = {}
    for thing in about.values():
        if thing is not None:
            wanted.setdefault(thing[0], set()).add(thing[1])
    urls = slots.records.find(person, wanted)
    texts = written.texts(line.entry for line in lines if line.entry is not None)
    own = ("subject", str(found.pk))
    items = []
    for line in lines:
        if line.entry is None:
            items.append(line.item)
            continue
        thing = about[line.entry.pk]
        if thing not in (None, own) and thing not in urls and not _names(line.entry, found, thing):
            continue
        (item,) = timeline.from_entries([line.entry])
        url = _own_url(line.entry, found) if thing == own else urls.get(thing, "") if thing else ""
        text = _text(line.entry, item.text, merged, texts)
        items.append(replace(item, text=text, url=url))
    return items


def _own_url(entry: Entry, found: Subject) -> str:
    """Return where the record itself shows what an entry about it says."""
    if entry.verb == "registry.subject_updated":
        return reverse("registry:subject_as_of", args=[found.code]) + "#versions"
    anchor = ANCHORS.get(entry.verb)
    return f"{reverse('registry:subject', args=[found.code])}#{anchor}" if anchor else ""


def _names(entry: Entry, found: Subject, thing: tuple[str, str]) -> bool:
    """Whether an entry about another subject is about this one too, as a merge is."""
    return thing[0] == "subject" and str(found.pk) in {
        one.key for one in entry.subjects.all() if one.kind == "subject"
    }


def _about(entry: Entry) -> tuple[str, str] | None:
    """Return what an entry is about first, among the things that have pages."""
    named = [(one.kind, one.key) for one in entry.subjects.all()]
    return next((thing for thing in named if slots.records.knows(thing[0])), None)


def _text(entry: Entry, by: Any, merged: dict[str, Subject], texts: dict[str, str]) -> str:
    """Return what a line says below its title: of which merged record, what changed, why, by whom."""
    names = {one.key for one in entry.subjects.all() if one.kind == "subject"}
    of = next((merged[key] for key in merged if key in names), None)
    is_link = ANCHORS.get(entry.verb) == "links"
    parts = [_("Record %(code)s") % {"code": of.code}] if of is not None and not is_link else []
    return " · ".join([*parts, *said(entry, texts), str(by)])


def said(entry: Entry, texts: dict[str, str]) -> list[str]:
    """Return what an entry of the register says of itself, in the language of the page."""
    detail = entry.detail
    parts = []
    if entry.verb == "registry.subject_updated":
        names = [words.field(name) for name in detail.get("changes", {})]
        parts.append(("、" if wording.is_chinese() else ", ").join(names))
    if entry.verb == "registry.standing_set":
        change = {"kind": words.field(detail["kind"]), "was": detail["was"] or "—", "now": detail["now"]}
        parts.append(_("%(kind)s: %(was)s to %(now)s") % change)
    if {"gone", "kept"} <= set(detail):
        parts.append(_("%(gone)s into %(kept)s") % {"gone": detail["gone"], "kept": detail["kept"]})
    if {"whole", "part"} <= set(detail):
        parts.append(_("%(part)s out of %(whole)s") % {"part": detail["part"], "whole": detail["whole"]})
    if entry.verb.startswith("registry.") and detail.get("reason"):
        parts.append(written.read(detail["reason"], texts))
    return parts


# What the register tells of its own things ------------------------------------------------------


def subjects(person: Any, keys: Sequence[str]) -> dict[str, str]:
    """Return the pages of these subjects."""
    seen = queries.subjects(person).filter(pk__in=keys).order_by().values_list("pk", "code")
    return {str(pk): reverse("registry:subject", args=[code]) for pk, code in seen}


def products(person: Any, keys: Sequence[str]) -> dict[str, str]:
    """Return the pages of these products."""
    seen = queries.products(person).filter(pk__in=keys).order_by().values_list("pk", flat=True)
    return {str(pk): reverse("registry:product", args=[pk]) for pk in seen}


def sites(person: Any, keys: Sequence[str]) -> dict[str, str]:
    """Return where these sites stand on the pages of their subjects."""
    return _owned("sites", person, keys)


def roles(person: Any, keys: Sequence[str]) -> dict[str, str]:
    """Return where these roles stand on the pages of their subjects."""
    return _owned("roles", person, keys)


def brands(person: Any, keys: Sequence[str]) -> dict[str, str]:
    """Return where these brands stand on the pages of their subjects."""
    return _owned("brands", person, keys)


def _owned(kind: str, person: Any, keys: Sequence[str]) -> dict[str, str]:
    rows = queries.belongings(person, kind).filter(pk__in=keys).order_by()
    seen = rows.values_list("pk", "subject__code")
    return {str(pk): f"{reverse('registry:subject', args=[code])}#{kind}" for pk, code in seen}
