"""Calls an address as somebody, tells whether the database has changed, and takes everything back."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

from skillhub.accounts import cookies
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.service import sign_in, tokens
from skillhub.base import work
from skillhub.base.access import Role, Scope
from skillhub.base.db import Model, db, unit_of_work
from skillhub.districts import snapshot
from skillhub.testing.factories.base import SomePerson
from tests.contracts.worlds import Corner, World
from tests.statements import is_read

JSON = "/api/"
NOTES = frozenset(
    {"sign_in_session", "access_token", "audit_entry", "sign_in_failure", "plugin_failure", "plugin_time"}
)
"""Rows about who came and what was refused; everything else is what people mean by data."""

WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)

State = dict[str, str]


def text_of(response: TestResponse) -> str:
    """Return what an answer says; what is no text (a PDF, a picture) says nothing here."""
    is_text = response.mimetype.startswith("text/") or response.mimetype.endswith("json")
    return response.text if is_text else ""


@dataclass
class Stage:
    """The world on one database, in a transaction that is never committed."""

    app: Flask
    connection: Connection
    world: World
    writes: list[str] = field(default_factory=list)
    _tokens: dict[tuple[int, frozenset[Scope]], str] = field(default_factory=dict)
    _cookies: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        event.listen(self.connection, "before_cursor_execute", self._note)
        self._csrf = secrets.token_hex(20)
        self._signed = URLSafeTimedSerializer(self.app.secret_key, salt="wtf-csrf-token").dumps(self._csrf)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        written = WRITTEN.match(statement)
        if not is_read(statement) and (written is None or written[1] not in NOTES):
            self.writes.append(statement)

    def persons(self, corner: Corner) -> dict[Role, SomePerson]:
        """Return one person for each role, as seen from a corner."""
        return {**corner.persons, Role.OPERATOR: self.world.operator}

    def token(self, person: SomePerson, role: Role, scopes: frozenset[Scope] = frozenset(Scope)) -> str:
        """Return a token of a role with these scopes, made once."""
        known = (person.person_id, scopes)
        if known not in self._tokens:
            grant = next(each for each in person.actor.grants if each.role == role)
            made = tokens.create(
                actor=person.actor,
                person=person.handle,
                role=role,
                district=grant.district,
                scopes=scopes,
                days=1,
            )
            self._tokens[known] = made.token
        return self._tokens[known]

    def cookie(self, person: SomePerson) -> str:
        """Return the cookie of a sign-in at the pages, begun once."""
        if person.person_id not in self._cookies:
            with unit_of_work() as unit:
                begun = sign_in.start_in(unit, person_id=person.person_id, kind=sign_ins.PAGE)
            self._cookies[person.person_id] = begun.token
        return self._cookies[person.person_id]

    def prepare(self, person: SomePerson | None, role: Role) -> None:
        """Begin a person's sign-in and make the token, so that no call does it inside `undone`."""
        if person is not None:
            self.cookie(person)
            self.token(person, role)

    def call(
        self,
        method: str,
        address: str,
        *,
        person: SomePerson | None = None,
        role: Role | None = None,
        body: Any = None,
        key: str | None = None,
        token: str | None = None,
        csrf: bool = True,
    ) -> TestResponse:
        """Call an address: JSON with a token of all scopes, a page with cookie and what its form hides."""
        db.session.remove()
        if address.startswith(JSON + "v1"):
            good = token or (self.token(person, role) if person and role else None)
            return self._json(method, address, good, body, key)
        return self._page(method, address, person, body or {}, key, csrf=csrf)

    def _json(self, method: str, address: str, token: str | None, body: Any, key: str | None) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if method != "GET" and key != "":
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        extra = {} if body is None or method == "GET" else {"json": body}
        return self.app.test_client().open(address, method=method, headers=headers, buffered=True, **extra)

    def _page(
        self, method: str, address: str, person: SomePerson | None, body: Any, key: str | None, *, csrf: bool
    ) -> TestResponse:
        client = self.app.test_client()
        if person is not None:
            client.set_cookie(self._cookie_name(), self.cookie(person))
        if method == "GET":
            return client.get(address, buffered=True)
        fields = {"idempotency_key": key or str(uuid.uuid4()), **body}
        if csrf:
            with client.session_transaction() as kept:
                kept["csrf_token"] = self._csrf
            fields["csrf_token"] = self._signed
        filled = {
            name: each() if callable(each) else each for name, each in fields.items()
        }  # files, each new
        return client.open(address, method=method, data=filled, buffered=True)

    def _cookie_name(self) -> str:
        with self.app.test_request_context():
            return cookies.name()

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back whatever happens inside, in the database and in what this process remembers."""
        db.session.remove()
        point = self.connection.begin_nested()
        self.writes.clear()
        try:
            yield
        finally:
            db.session.remove()
            point.rollback()
            snapshot.forget()
            waiting = self.app.extensions["skillhub.work"]
            if isinstance(waiting, work.InlineEngine):
                waiting.waiting.clear()

    @property
    def is_first(self) -> bool:
        """Whether this is the database on which everything is tried."""
        return self.connection.dialect.name == "sqlite"

    def has_tried_to_write(self) -> bool:
        """Tell whether any statement since `undone` began was more than a read or a note."""
        return bool(self.writes)

    def state(self) -> State:
        """Return a hash of each table that holds data, of what the driver itself reads there."""
        db.session.remove()
        return {
            table.name: hashlib.sha256(repr(self._rows(table.name)).encode()).hexdigest()
            for table in Model.metadata.sorted_tables
            if table.name not in NOTES
        }

    def _rows(self, table: str) -> list[str]:
        found = self.connection.exec_driver_sql(f'SELECT * FROM "{table}"').cursor  # noqa: S608  # our own
        assert found is not None
        return sorted(map(repr, found.fetchall()))
