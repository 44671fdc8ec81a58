"""Fixtures of the web floor: a tiny application of its own, and a browser and a program that call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skillhub.base.db import Model, db
from skillhub.config import Config
from skillhub.web import menus, requests
from tests.web import house as built


@pytest.fixture
def config(tmp_path) -> Config:
    return Config(profile="demo", data=str(tmp_path), public_url="http://localhost")


@pytest.fixture
def house(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(requests, "_resolvers", requests._resolvers.copy())  # noqa: SLF001 (the product's own come back)
    monkeypatch.setattr(menus, "_entries", {role: {} for role in menus.ROLES})
    app = built.build(config)
    yield app
    with app.app_context():
        Model.metadata.drop_all(db.engine)
        db.engine.dispose()


@pytest.fixture
def browser(house: Flask) -> FlaskClient:
    """A browser without script that nobody is signed in at."""
    return house.test_client()


@pytest.fixture
def ann(house: Flask) -> FlaskClient:
    """A trainee's browser."""
    client = house.test_client()
    client.set_cookie("who", "ann")
    return client


class Program:
    """Calls the JSON addresses with a token."""

    def __init__(self, app: Flask, token: str | None = "good") -> None:  # noqa: S107 (a test's token)
        self.app, self.token = app, token

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return self.app.test_client().open("/api/v1" + path, method=method, headers=headers, **options)

    def make(self, body: Any, key: str | None = "k1", **headers: str) -> TestResponse:
        """Post a thing: a text as it is, anything else as JSON."""
        if key is not None:
            headers["Idempotency-Key"] = key
        if isinstance(body, str | bytes):
            headers.setdefault("Content-Type", "application/json")
            return self.call("POST", "/things", data=body, headers=headers)
        return self.call("POST", "/things", json=body, headers=headers)


@pytest.fixture
def program(house: Flask) -> Program:
    return Program(house)
