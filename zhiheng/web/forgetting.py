"""Removes what the shell keeps of a person whose account is erased: drafts, answers, uploads."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from zhiheng.people import erasing
from zhiheng.people.models import Person
from zhiheng.web.imports import held
from zhiheng.web.models import Draft, Submission, Upload


def fill() -> None:
    """Let an erasure reach the shell."""
    erasing.reaches("web.Draft", drafts)
    erasing.reaches("web.Submission", submissions)
    erasing.reaches("web.Upload", uploads)


def drafts(person: Person) -> None:
    """Remove the forms that a person began."""
    Draft.objects.filter(person=person).delete()


def submissions(person: Person) -> None:
    """Remove the answers to the forms that a person sent."""
    Submission.objects.filter(person=person).delete()


def uploads(person: Person) -> None:
    """Remove the lists that a person uploaded, and after the commit the files with their rows."""
    rows = Upload.objects.filter(person=person)
    for key in list(rows.values_list("pk", flat=True)):
        transaction.on_commit(partial(held.remove, key))
    rows.delete()
