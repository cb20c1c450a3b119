"""Which room fills which slot is written down in ``slots.txt``, and is changed there on purpose."""

from __future__ import annotations

from pathlib import Path

from zhiheng.stages import ORDER
from zhiheng.web import slots

WRITTEN = Path(__file__).with_name("slots.txt")
EARLIER_ROOMS = ("web", "people")


def menu_lines() -> list[str]:
    """One line an entry: the slot, the room whose page it opens, the entry."""
    found = []
    for is_public in (True, False):
        slot = "menu of the public" if is_public else "menu of the office"
        items = slots.menu.items(public=is_public)
        found += [f"{slot}: {item.url_name.partition(':')[0]}: {item.id}" for item in items]
    return found


def provider_lines() -> list[str]:
    """One line a provider: the slot (with the kind of record), the room, the function."""
    found = []
    for slot, fillers in slots.names().items():
        for filler in fillers if slot != "menu" else ():
            kind, _, dotted = filler.rpartition(": ")
            room = dotted.removeprefix("zhiheng.").removeprefix("stages.").partition(".")[0]
            found.append(f"{f'{slot} of {kind}' if kind else slot}: {room}: {dotted.rpartition('.')[2]}")
    return found


def filled() -> list[str]:
    """Every slot with who fills it, in order."""
    return sorted([*menu_lines(), *provider_lines()])


def test_every_slot_is_filled_by_whom_the_list_names():
    written = [line for line in WRITTEN.read_text("utf-8").splitlines() if line and line[0] != "#"]

    assert filled() == written, "change tests/house/slots.txt if this was meant:\n" + "\n".join(filled())


def test_every_slot_is_filled_by_somebody():
    assert [name for name, fillers in slots.names().items() if not fillers] == []


def test_only_rooms_of_the_house_fill_slots():
    rooms = {line.split(": ")[1] for line in filled()}

    assert rooms <= {*EARLIER_ROOMS, *ORDER}


def test_every_entry_of_a_menu_leads_to_a_page():
    from django.urls import NoReverseMatch, reverse

    lost = []
    for item in [*slots.menu.items(public=True), *slots.menu.items()]:
        try:
            reverse(item.url_name)
        except NoReverseMatch:
            lost.append(item.id)

    assert lost == []
