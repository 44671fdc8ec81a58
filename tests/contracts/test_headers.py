"""What a browser is told with every page, and what no answer says: crawled as every role, errors included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from werkzeug.test import TestResponse

from skillhub.base.access import Role
from skillhub.testing.factories.base import SomePerson
from tests.contracts import calls
from tests.contracts.calls import Address
from tests.contracts.stage import Stage, text_of
from tests.contracts.worlds import Corner

ROLES = (None, *Role)
FOR_ALL = {"issuer.keys", "issuer.offline_file", "issuer.offline_page", "issuer.status_list"}
"""What programs and browsers of strangers fetch; the same for everybody."""
OWN_SCRIPT = "script-src 'self'"
VARIANTS = {"batches.batch": "draft", "batches_api.get_batch": "draft", "order_page.order": "asked"}
ASKED_MORE = {
    "batches.index": ("?district={district}",),
    "batch_office.queue": ("?state=published", "?state=closed"),
    "jobs.jobs": ("?district={district}",),
    "office.home": ("?kind=claims", "?kind=applications"),
    "order_office.queue": ("?state=approved", "?state=completed"),
    "order_page.order": ("?show=enrolled", "?show=attended", "?show=certified", "?show=hired"),
    "subsidy.claim": ("?person={person}",),
}
"""Pages that show more when they are asked for it."""


@dataclass(frozen=True)
class Visit:
    """One answer of the crawl."""

    role: Role | None
    address: Address
    path: str
    response: TestResponse
    text: str
    has_changed: bool

    @property
    def is_somebodys_page(self) -> bool:
        """Tell whether this was drawn for a person who is signed in at the pages."""
        is_drawn = self.response.mimetype == "text/html" and self.response.status_code == 200
        is_for_all = self.address.endpoint in FOR_ALL or self.path.startswith("/api/")
        return is_drawn and self.role is not None and not is_for_all

    @property
    def told(self) -> str:
        """What to print when something is wrong."""
        return f"GET {self.path} as {self.role or 'nobody'}: {self.response.status_code}"


class Page(HTMLParser):
    """Finds what a strict policy would refuse to run or to draw."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.refused: list[str] = []
        self.has_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note scripts, styles and addresses that run."""
        self.has_script = self.has_script or tag == "script"
        is_inside = tag == "script" and not dict(attrs).get("src")
        if is_inside or tag in ("style", "iframe", "object", "embed", "base"):
            self.refused.append(f"<{tag}>")
        for name, value in attrs:
            is_running = (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:"))
            is_outside = name in ("src", "href", "action") and re.match(r"(?:\w+:)?//", value or "")
            if name == "style" or name.startswith("on") or is_running or is_outside:
                self.refused.append(f'<{tag} {name}="{value}">')


@pytest.fixture(scope="module", params=ROLES, ids=lambda role: role.value if role else "anonymous")
def visits(stage: Stage, request: pytest.FixtureRequest) -> list[Visit]:
    """Every address read as one role, on the role's own things and on those of another district.

    What a browser is told does not hang on the database, and who may read what is asked of both
    databases in `test_authz.py`: so the second is crawled on a role's own things alone.
    """
    home, abroad = stage.world.home, stage.world.abroad
    corners = (home, abroad) if stage.is_first else (home,)
    person = stage.persons(home)[request.param] if request.param else None
    return [visit for corner in corners for visit in crawl(stage, request.param, person, corner)]


def crawl(stage: Stage, role: Role | None, person: SomePerson | None, corner: Corner) -> Iterator[Visit]:
    """Read every address on the things of a corner."""
    stage.prepare(person, role or Role.TRAINEE)
    before = stage.state()
    for address in _readable(stage):
        plain = address.to(corner.objects)
        more = [part.format(**corner.objects) for part in ASKED_MORE.get(address.name, ())]
        for path in (plain, *(plain + part for part in more)):
            with stage.undone():
                response = stage.call("GET", path, person=person, role=role)
                has_changed = stage.has_tried_to_write() and stage.state() != before
                yield Visit(role, address, path, response, text_of(response), has_changed)


def _readable(stage: Stage) -> Iterator[Address]:
    for each in calls.addresses(stage.app):
        if each.method == "GET":
            yield each
            if each.name in VARIANTS:
                yield calls.rule_of(stage.app, f"{each.name}[{VARIANTS[each.name]}]", "GET")


def test_every_page_forbids_what_stands_inside_it(visits):
    pages = [each for each in visits if each.response.mimetype == "text/html"]
    assert len(pages) > 20, "the control: the crawl finds pages"
    for each in pages:
        policy = each.response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, each.told
        assert "unsafe" not in policy, each.told
        assert "frame-ancestors 'none'" in policy, each.told
        assert not Page(each.text).refused, f"{each.told}: {Page(each.text).refused[:5]}"
        assert Page(each.text).has_script <= (OWN_SCRIPT in policy), each.told
        assert OWN_SCRIPT not in policy or "verif" in each.address.name or "offline" in each.address.name


def test_the_control_a_page_with_a_script_in_it_is_found():
    assert Page('<p onclick="a()" style="b">').refused == ['<p onclick="a()">', '<p style="b">']
    assert Page('<a href="javascript:a()"></a><script>a()</script>').refused
    assert Page('<script src="https://elsewhere.example/a.js"></script>').refused
    assert Page('<script src="/a.js"></script>').has_script
    assert not Page('<a href="/batches">班期</a>').refused


def test_every_answer_says_how_to_read_it_and_whom_not_to_tell(visits):
    for each in visits:
        headers = each.response.headers
        assert headers["X-Content-Type-Options"] == "nosniff", each.told
        assert headers["Referrer-Policy"] == "same-origin", each.told
        assert "Set-Cookie" not in headers or "HttpOnly" in headers["Set-Cookie"], each.told
        is_for_all = each.address.endpoint in FOR_ALL and each.response.status_code == 200
        assert ("Access-Control-Allow-Origin" in headers) == is_for_all, each.told


def test_every_answer_says_what_it_is_and_texts_in_which_letters(visits):
    for each in visits:
        kind = each.response.headers["Content-Type"]
        if each.response.mimetype.startswith("text/"):
            assert "charset=utf-8" in kind.lower(), each.told


def test_every_page_of_somebody_has_a_way_to_sign_out(visits):
    for each in visits:
        if each.is_somebodys_page:
            assert 'action="/sign-out"' in each.text, each.told


def test_what_was_drawn_for_somebody_is_kept_by_nobody(visits):
    for each in visits:
        headers = each.response.headers
        if each.is_somebodys_page or (each.role and each.address.is_json):
            assert headers["Cache-Control"] == "no-store", each.told
            assert ("Authorization" if each.path.startswith("/api/") else "Cookie") in headers["Vary"], (
                each.told
            )


def test_no_answer_holds_a_whole_document_number_or_phone(stage, visits):
    secrets = stage.world.id_numbers | stage.world.phones
    assert len(secrets) > 40, "the control: there is something to look for"
    for each in visits:
        found = [number for number in secrets if number in each.text or number in str(each.response.headers)]
        assert not found, f"{each.told} holds {found}"


def test_no_answer_names_what_only_another_district_may_know(stage, visits):
    own, other = stage.world.home.marker, stage.world.abroad.marker
    for each in visits:
        assert other not in each.text, each.told
    if visits[0].role in (Role.OFFICER, Role.SCHOOL, Role.EMPLOYER, Role.TRAINEE):
        assert sum(own in each.text for each in visits) > 3, "the control: one's own marker is found"


def test_the_other_district_learns_as_little(stage):
    """The same the other way round, for the staff of the other district."""
    abroad = stage.world.abroad
    staff = (Role.OFFICER, Role.AUDITOR, Role.DESK, Role.SCHOOL, Role.EMPLOYER)
    for role in staff if stage.is_first else staff[:1]:
        for each in crawl(stage, role, abroad.person(role), stage.world.home):
            assert stage.world.home.marker not in each.text, each.told


def test_reading_changes_nothing(visits):
    """Who has read what may be put on record; nothing else is written, whoever reads whatever."""
    assert [each.told for each in visits if each.has_changed] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing-here", 404),
        ("DELETE", "/sign-in", 405),
        ("TRACE", "/", 405),
        ("GET", "/api/v1/nothing-here", 404),
        ("GET", "/static/", 404),
        ("GET", "/static/../config.py", 404),
        ("GET", "/.git/config", 404),
    ],
)
def test_errors_are_as_strict(stage, method, path, status):
    response = stage.app.test_client().open(path, method=method, buffered=True)

    assert response.status_code == status
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    if response.mimetype == "text/html":
        assert not Page(response.text).refused


FORGED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "203.0.113.7",
    "Forwarded": "for=203.0.113.7;host=evil.example;proto=https",
}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/me", "/api/v1/batches", "/verify/unknown"])
def test_headers_of_a_proxy_that_is_not_there_change_nothing(stage, path):
    plain = stage.app.test_client().get(path, buffered=True)
    forged = stage.app.test_client().get(path, headers=FORGED, buffered=True)

    assert forged.status_code == plain.status_code
    assert forged.headers.get("Location") == plain.headers.get("Location")
    assert "evil.example" not in forged.text
    assert "203.0.113.7" not in forged.text


def test_a_form_without_its_token_changes_nothing(stage):
    """Every address of the pages that writes, as everybody, the sign-in form too."""
    before = stage.state()
    sent = 0
    for role in (None, Role.TRAINEE, Role.SCHOOL, Role.EMPLOYER, Role.OFFICER):
        person = stage.persons(stage.world.home)[role] if role else None
        stage.prepare(person, role or Role.TRAINEE)
        for address in calls.addresses(stage.app):
            if address.is_json or address.method in ("GET", "TRACE"):
                continue
            with stage.undone():
                own = stage.world.home.objects
                form = calls.body(address, role or Role.TRAINEE, own, own)
                response = stage.call(address.method, address.to(own), person=person, body=form, csrf=False)
                told = f"{address.method} {address.rule.rule} as {role}: {response.status_code}"
                assert response.status_code in (400, 403), told
                assert not stage.has_tried_to_write() or stage.state() == before, told
                sent += 1
    assert sent > 100, "the control: there are forms"


def test_programs_are_not_let_in_by_a_cookie(stage):
    """A page of somebody else's cannot use the sign-in of the pages at the JSON addresses."""
    officer = stage.world.home.person(Role.OFFICER)
    stage.prepare(officer, Role.OFFICER)
    asked = 0
    for address in calls.addresses(stage.app):
        operation = getattr(stage.app.view_functions[address.endpoint], "skillhub_operation", None)
        if operation is None or operation.is_public:
            continue
        with stage.undone():
            own = stage.world.home.objects
            client = stage.app.test_client()
            client.set_cookie("skillhub-session", stage.cookie(officer))
            response = client.open(
                address.to(own),
                method=address.method,
                headers={"Idempotency-Key": "cookie"},
                json=calls.body(address, Role.OFFICER, own, own) if address.method != "GET" else None,
                buffered=True,
            )
            assert response.status_code == 401, f"{address.method} {address.rule.rule}"
            asked += 1
    assert asked > 25, "the control: there are addresses for programs"
