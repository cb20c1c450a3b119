"""The menu shows each administrator the own page, and everybody who may do what."""

from __future__ import annotations

import pytest

from zhiheng.web import slots, timeline
from zhiheng.web.administration import words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "addresses"),
    [
        ("system", {"/office/people/", "/office/people/matrix/"}),
        ("security", {"/office/people/", "/office/people/matrix/"}),
        ("audit", {"/office/ledger/", "/office/people/matrix/"}),
    ],
)
def test_each_administrator_finds_the_own_page_once(three, signed_in, who, addresses):
    page = signed_in(getattr(three, who)).get("/office/account/").content.decode()
    side = page.split('<nav class="side"', 1)[1].split("</nav>", 1)[0]

    ours = ("/office/people/", "/office/people/matrix/", "/office/ledger/")
    found = [address for address in ours if f'href="{address}"' in side]
    assert set(found) == addresses
    assert side.count('href="/office/people/"') == ("/office/people/" in addresses)


def test_the_slots_are_filled_by_id():
    assert {"people", "appointments", "ledger", "matrix"} <= set(slots.names()["menu"])


def test_every_verb_of_people_has_its_words():
    import re
    from pathlib import Path

    import zhiheng.people

    source = "".join(path.read_text("utf-8") for path in Path(zhiheng.people.__file__).parent.glob("*.py"))
    said = set(re.findall(r'"(people\.[a-z_]+)"', source)) - {"people.manage"}

    assert said == set(words.VERBS)
    assert said <= set(timeline.labels.verbs())
