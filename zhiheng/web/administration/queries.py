"""What administrators may see: persons within reach, entries of the ledger, and what is public of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from zhiheng import ledger, people
from zhiheng.errors import CheckFailed, NotAllowed, NotFound
from zhiheng.ledger.models import Entry, Head, Visibility
from zhiheng.people.models import Appointment, Person
from zhiheng.people.permissions import P
from zhiheng.proof import chain

TIMELINE = 50


def administration_of(viewer: Any) -> str:
    """Return which of the two administrations of persons the viewer holds, or refuse."""
    for permission in (P.PEOPLE_MANAGE, P.SECURITY_MANAGE):
        if people.may(viewer, permission):
            return permission
    raise NotAllowed(
        _("Persons are seen by the system administrator and the security administrator."),
        _("Ask one of them, or go back."),
        permission=P.PEOPLE_MANAGE,
    )


def persons(viewer: Any) -> QuerySet[Person]:
    """Return the persons with an appointment within the viewer's reach, and those who have none yet."""
    reach = people.within(Appointment.objects.all(), viewer, administration_of(viewer))
    appointed = Exists(Appointment.objects.filter(person=OuterRef("pk")))
    within_reach = Exists(reach.filter(person=OuterRef("pk")))
    return Person.objects.filter(Q(within_reach) | ~Q(appointed)).prefetch_related(
        Prefetch("appointments", Appointment.objects.order_by("valid_from", "id"))
    )


def person(viewer: Any, pk: UUID) -> Person:
    """Return one person within reach."""
    found = persons(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound(
            _("This person does not exist, or is not within your appointment."),
            _("Start from the list of persons."),
        )
    return found


def appointment(viewer: Any, of: Person, pk: UUID) -> Appointment:
    """Return one appointment of a person, within the reach of the security administrator."""
    found = people.within(of.appointments.all(), viewer, P.SECURITY_MANAGE).filter(pk=pk).first()
    if found is None:
        raise NotFound(
            _("This appointment does not exist, or is not within your own."),
            _("Start from the record of the person."),
        )
    return found


def history(of: Person) -> list[Entry]:
    """Return what the ledger says about a person's account, newest first."""
    return list(ledger.timeline("person", str(of.pk), limit=TIMELINE))


def entries(viewer: Any) -> QuerySet[Entry]:
    """Return the entries within the reach of an audit administrator."""
    return people.within(Entry.objects.all(), viewer, P.AUDIT_VIEW)


def entry(viewer: Any, seq: int) -> Entry:
    """Return one entry within reach, with its subjects."""
    return _found(entries(viewer), seq)


def erasable_entry(viewer: Any, seq: int) -> Entry:
    """Return one entry whose words the security administrator may erase."""
    return _found(people.within(Entry.objects.all(), viewer, P.SECURITY_MANAGE), seq)


def public_entry(seq: int) -> Entry:
    """Return one entry that everybody may read; of any other nobody learns whether it exists."""
    return _found(Entry.objects.filter(visibility=Visibility.PUBLIC), seq)


def _found(within: QuerySet[Entry], seq: int) -> Entry:
    found = within.filter(seq=seq).prefetch_related("subjects").first()
    if found is None:
        raise NotFound(
            _("There is no such entry here, or it is not public."), _("Check the number of the entry.")
        )
    return found


@dataclass(frozen=True)
class Links:
    """Whether an entry has the hash it carries, and whether it names the entry before it."""

    statement: dict[str, Any]
    computed: str
    has_its_hash: bool
    names_the_one_before: bool


def links(of: Entry) -> Links:
    """Compute the hash of one entry again and compare it with what the entry before carries."""
    statement = ledger.statement_of(of)
    computed = chain.entry_hash(statement)
    before = Entry.objects.filter(seq=of.seq - 1).values_list("hash", flat=True).first()
    expected = chain.GENESIS if of.seq == 1 else before
    return Links(statement, computed, computed == of.hash, of.previous == expected)


@dataclass(frozen=True)
class ChainAnswer:
    """What a check of the whole chain found: its length and newest hash, or where it breaks."""

    count: int
    newest: str
    broken_at: int | None = None

    @property
    def holds(self) -> bool:
        """Say whether every entry hangs on the one before it."""
        return self.broken_at is None


def check_chain() -> ChainAnswer:
    """Check every entry up to the head as it stands now."""
    head = Head.objects.filter(pk=1).first() or Head(seq=0, hash=chain.GENESIS)
    try:
        count = ledger.check()
    except CheckFailed as broken:
        return ChainAnswer(head.seq, head.hash, broken_at=int(broken.facts.get("seq", 0)))
    return ChainAnswer(count, head.hash)
