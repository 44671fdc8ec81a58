"""Clients for tests: a program at the JSON addresses, a person at the pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skillhub.accounts.service import tokens
from skillhub.base.access import Role, Scope
from skillhub.testing.factories.base import SomePerson


@dataclass
class ApiClient:
    """Calls `/api/v1`; writing calls get a fresh Idempotency-Key unless one is given."""

    app: Flask
    token: str | None = None

    def as_(
        self, person: SomePerson, role: Role | None = None, scopes: frozenset[Scope] | None = None
    ) -> ApiClient:
        """Return a client with a token of the person's latest role; all scopes unless some are named."""
        grant = [each for each in person.actor.grants if role is None or each.role == role][-1]
        made = tokens.create(
            actor=person.actor,
            person=person.handle,
            role=grant.role,
            district=grant.district,
            scopes=scopes or frozenset(Scope),
            days=1,
        )
        return ApiClient(self.app, made.token)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Read an address."""
        return self._call("GET", path, None, headers)

    def post(self, path: str, json: Any = None, *, key: str | None = None, **headers: str) -> TestResponse:
        """Send a writing call."""
        return self._call("POST", path, json, headers | {"Idempotency-Key": key or str(uuid.uuid4())})

    def put(self, path: str, json: Any = None, *, key: str | None = None, **headers: str) -> TestResponse:
        """Send a replacing call."""
        return self._call("PUT", path, json, headers | {"Idempotency-Key": key or str(uuid.uuid4())})

    def patch(self, path: str, json: Any = None, *, key: str | None = None, **headers: str) -> TestResponse:
        """Send a changing call."""
        return self._call("PATCH", path, json, headers | {"Idempotency-Key": key or str(uuid.uuid4())})

    def delete(self, path: str, *, key: str | None = None, **headers: str) -> TestResponse:
        """Send a deleting call."""
        return self._call("DELETE", path, None, headers | {"Idempotency-Key": key or str(uuid.uuid4())})

    def _call(self, method: str, path: str, json: Any, headers: Mapping[str, str]) -> TestResponse:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        address = path if path.startswith("/") else f"/api/v1/{path}"
        extra: dict[str, Any] = {} if json is None else {"json": json}
        return self.app.test_client().open(address, method=method, headers=sent, **extra)


_FORM_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_NAME = re.compile(r'name="([^"]*)"')
_VALUE = re.compile(r'value="([^"]*)"')


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the first form of a page (csrf_token, idempotency_key)."""
    fields: dict[str, str] = {}
    for tag in _FORM_FIELD.findall(page):
        name, value = _NAME.search(tag), _VALUE.search(tag)
        if name and name.group(1) not in fields:
            fields[name.group(1)] = value.group(1) if value else ""
    return fields


def submit(client: FlaskClient, path: str, to: str | None = None, **values: Any) -> TestResponse:
    """Open a page with a form, fill it in and send it; `to` when the form posts elsewhere."""
    page = client.get(path)
    return client.post(to or path, data=hidden_fields(page.text) | values)
