"""Every address passes the gate, sends strangers to sign in, and answers 404 to what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import URLPattern, get_resolver

from zhiheng.people import roles
from zhiheng.people.permissions import ALL, P
from zhiheng.web.gate import Mark

pytestmark = pytest.mark.django_db
SITE = "zhiheng.site.urls"

# Pages for everybody who has signed in; what they show there is narrowed by queries, not by the gate.
SIGNED_IN_ONLY = {
    "web:workbench": "everybody has things to do",
    "web:account": "everybody has an account of his or her own",
    "web:import": "the list asks for its own permission in flow.receive",
    "web:import_template": "an empty form holds nothing of anybody",
    "web:upload": "one sees one's own uploads alone (flow.own)",
    "web:upload_faults": "one sees one's own uploads alone (flow.own)",
    "web:upload_marked": "one sees one's own uploads alone (flow.own)",
    "web:tokens": "one sees one's own keys alone",
    "web:token_revoke": "one revokes one's own keys alone",
    "web:people": "two administrators share it; the page asks for either permission",
    "web:matrix": "two administrators share it; the page asks for either permission",
    "web:person": "two administrators share it; the page asks for either permission",
}
SEND_ONLY = {"web:sign_out", "web:language", "web:witness_add"}
UNKNOWN = {
    "uuid": "018f0000-0000-7000-8000-00000000dead",
    "slug": "no-such-thing",
    "str": "no such thing",
    "path": "no/such/thing",
    "int": "987654321",
    "region": "999999",
}
# Arguments whose form is checked before anything is looked up: well formed here, and still unknown.
WELL_FORMED = {"region": "330000", "period": "2099Q4", "division": "34"}
STRANGE = {
    "slug": ("0", "a" * 200, "330000", "2025Q3", "9999Q9", "-", "null"),
    "str": ("0", "％", "a" * 2_000, "\n", "%00", "' OR 1=1 --", "null"),
    "int": ("0", "9" * 19, "9" * 40),
    "region": ("000001", "NOSUCHGROUP", "zhejiang", "9" * 200),
}


_KINDS = {"string": "str", "uuidstr": "uuid"}


@dataclass(frozen=True)
class Address:
    """One address with its full route and name."""

    route: str
    name: str
    pattern: URLPattern

    @property
    def mark(self) -> Mark | None:
        """What the view asks of the person."""
        return getattr(self.pattern.callback, "zh_page", None)

    @property
    def kinds(self) -> dict[str, str]:
        """The arguments and their kinds."""
        converters = self.pattern.pattern.converters
        names = {
            name: type(one).__name__.removesuffix("Converter").lower() for name, one in converters.items()
        }
        return {name: _KINDS.get(kind, kind) for name, kind in names.items()}

    def path(self, **given: str) -> str:
        """The path with an unknown thing for every argument that is not given."""
        path = self.route
        for name, kind in self.kinds.items():
            known = given.get(name) or UNKNOWN[kind]
            path = re.sub(rf"<[a-z]+:{name}>", lambda _found, known=known: known, path)
        return f"/{path}"


def walk(resolver: Any, route: str = "", space: str = "") -> Iterator[Address]:
    """Yield every address below a resolver."""
    for entry in resolver.url_patterns:
        below = f"{route}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield Address(below, f"{space}{entry.name}", entry)
        else:
            yield from walk(entry, below, f"{entry.namespace}:" if entry.namespace else space)


ADDRESSES = list(walk(get_resolver(SITE)))
OFFICE = [one for one in ADDRESSES if one.mark and not one.mark.public and not one.mark.by_key]
BY_KEY = [one for one in ADDRESSES if one.mark and one.mark.by_key]
PUBLIC = [one for one in ADDRESSES if one.mark and one.mark.public]


def by_name(address: Address) -> str:
    return f"{address.name} {address.route}"


def test_the_walk_reaches_every_room():
    rooms = {one.name.partition(":")[0] for one in ADDRESSES}

    assert {"web", "registry", "plan", "draw", "inspection", "indicators", "disclosure"} <= rooms
    assert len(ADDRESSES) > 60


def test_every_view_passes_the_gate():
    assert [one.route for one in ADDRESSES if not isinstance(one.mark, Mark)] == []


def test_every_page_behind_the_gate_asks_for_a_permission_or_is_for_all_on_purpose():
    asking = {one.name: one.mark.permission for one in OFFICE}

    assert {name for name, permission in asking.items() if permission is None} == set(SIGNED_IN_ONLY)
    assert {permission for permission in asking.values() if permission} <= set(ALL)


def test_what_stands_under_office_is_not_public_and_the_rest_is():
    assert [one.route for one in OFFICE if not one.route.startswith("office/")] == []
    assert [one.route for one in PUBLIC if one.route.startswith("office/")] == []


@pytest.mark.parametrize("address", OFFICE, ids=by_name)
def test_a_stranger_is_sent_to_sign_in(client, address):
    response = client.get(address.path())

    assert response.status_code in (302, 404)
    if response.status_code == 302:
        assert response["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("address", OFFICE, ids=by_name)
def test_a_stranger_may_not_send_either(client, address):
    response = client.post(address.path())

    assert response.status_code in (302, 404, 405)
    if response.status_code == 302:
        assert response["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("address", [one for one in PUBLIC if one.kinds], ids=by_name)
def test_an_unknown_thing_is_not_found(client, address):
    assert client.get(address.path(**WELL_FORMED)).status_code == 404


@pytest.mark.parametrize("address", [one for one in [*OFFICE, *PUBLIC] if one.kinds], ids=by_name)
def test_a_strange_word_in_an_address_is_refused_and_never_a_fault(client, address):
    for name, kind in address.kinds.items():
        for word in STRANGE.get(kind, ()):
            status = client.get(address.path(**{**WELL_FORMED, name: quote(word)})).status_code
            assert status in ((400, 404) if address.mark.public else (302, 404)), (name, word)


@pytest.mark.parametrize("address", OFFICE, ids=by_name)
def test_who_may_open_an_office_page_finds_a_page_or_that_nothing_is_there(client, person_with, address):
    role = min(role.id for role in roles.carrying(address.mark.permission or P.PEOPLE_MANAGE))
    client.force_login(person_with(role, organisation="X" if roles.get(role).scope == "organisation" else ""))

    status = client.get(address.path()).status_code

    assert status in ((404, 405) if address.kinds else (200, 302, 405))


@pytest.mark.parametrize("address", [one for one in PUBLIC if not one.kinds], ids=by_name)
def test_a_public_page_opens_on_an_empty_site(client, settings, address):
    settings.DEMO = True

    expected = 405 if address.name in SEND_ONLY else 200

    assert client.get(address.path()).status_code == expected


def test_what_is_opened_by_a_key_stands_under_the_api_and_nothing_else_does():
    assert [one.route for one in BY_KEY if not one.route.startswith("api/v1/")] == []
    described = {one.name for one in ADDRESSES if one.route.startswith("api/") and not one.mark.by_key}
    assert described == {"api:openapi-json", "api:api-root"}


@pytest.mark.parametrize("address", BY_KEY, ids=by_name)
def test_neither_a_stranger_nor_a_session_opens_the_api(client, person_with, address):
    client.force_login(person_with("lab", organisation="X"))

    for answer in (client.get(address.path()), client.post(address.path(), {}, "application/json")):
        assert answer.status_code in (401, 405)
        assert answer["Content-Type"] == "application/problem+json"


def test_a_view_without_the_mark_would_be_found():
    from django.urls import path

    bare = SimpleNamespace(url_patterns=[path("bare/", lambda request: None, name="bare")])

    assert [one.mark for one in walk(bare)] == [None]


def test_no_address_is_given_to_two_pages():
    """Of two pages with one address the later is never reached; one view of the API answers a whole one."""
    routes = [address.route for address in ADDRESSES if address not in BY_KEY]
    given = [re.sub(r"<(\w+):\w+>", r"<\1>", route) for route in routes]

    assert sorted({route for route in given if given.count(route) > 1}) == []
