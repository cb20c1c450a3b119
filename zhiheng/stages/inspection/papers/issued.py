"""Keeps the papers that were handed out, and sets one again to see that it is still the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version

from zhiheng.ledger import evidence
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.proof import canonical
from zhiheng.reference import layout
from zhiheng.reports import paper as papers
from zhiheng.reports import pdf, word
from zhiheng.reports.paper import Paper

from ..models import Case, IssuedPaper
from . import printing

WORD_ENGINE = "python-docx"


def keep(case: Case, kind: str, paper: Paper) -> IssuedPaper:
    """Store the words and the file of a paper, and return its row."""
    form = printing.best_form()
    words = evidence.store(
        canonical.dumps(paper.as_data()), name=f"{kind}-{case.pk}.json", media_type="application/json"
    )
    file = evidence.store(
        printing.render(paper, form), name=f"{kind}-{case.pk}.{form}", media_type=printing.media_type(form)
    )
    row = IssuedPaper(
        id=uuid7(),
        kind=kind,
        language=paper.language,
        case=case,
        region=case.region,
        number=paper.name.removeprefix(f"{kind}-")[:64],
        dated=paper.dated,
        template=paper.template,
        engine=engine(form),
        form=form,
        data_sha=words.sha256,
        file_sha=file.sha256,
        issued_at=clock.now(),
    )
    row.save(force_insert=True)
    return row


def engine(form: str) -> str:
    """Return what sets this form here: program, version, font."""
    if form == "pdf":
        return pdf.engine()
    return f"{WORD_ENGINE} {version(WORD_ENGINE)}; {word.SETTING}; sizes {layout.digest()[:12]}"


def read(row: IssuedPaper) -> Paper:
    """Return the words of an issued paper."""
    return papers.read(canonical.loads(evidence.read(row.data_sha)))


@dataclass(frozen=True)
class Comparison:
    """What setting a paper again gave: the same file, or another one and what may be the reason."""

    is_same: bool
    sha256: str
    is_same_engine: bool


def set_again(row: IssuedPaper) -> Comparison:
    """Set an issued paper again from its stored words and compare the files."""
    found = hashlib.sha256(printing.render(read(row), row.form)).hexdigest()
    return Comparison(found == row.file_sha, found, engine(row.form) == row.engine)
