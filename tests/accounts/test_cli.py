"""Commands: tokens for programs, and the outbox of the demonstration."""

from __future__ import annotations

import dataclasses
import json

import pytest

from skillhub.accounts.queries import tokens
from skillhub.accounts.service import sign_in
from skillhub.testing.factories.base import LUNAN


@pytest.fixture
def run(app, session):
    """Run a command and return exit status and output."""
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=[str(word) for word in words])


def whose(person, role):
    return "--person", person.handle, "--role", role, "--district", LUNAN


def test_a_token_is_made_listed_and_revoked(run, persons):
    clerk = persons.desk()
    words = (*whose(clerk, "desk"), "--days", 2, "--json")

    made = run("tokens", "create", *words, "--scope", "read,apply", "--scope", "decide")

    values = json.loads(made.output)
    assert made.exit_code == 0
    assert set(values) == {"id", "token", "scopes", "expires_at"}
    assert values["scopes"] == ["apply", "decide", "read"]
    assert tokens.actor_with(values["token"]).person_id == clerk.person_id
    assert run("tokens", "revoke", values["id"]).exit_code == 0
    listed = json.loads(run("tokens", "list", "--json").output)
    assert [(row["id"], row["role"], bool(row["revoked_at"])) for row in listed] == [
        (values["id"], "desk", True)
    ]
    assert values["token"] not in run("tokens", "list").output


def test_a_token_that_cannot_be_made_exits_with_1_and_says_why(run, persons):
    clerk = persons.desk()

    refused = run(
        "tokens",
        "create",
        "--person",
        clerk.handle,
        "--role",
        "officer",
        "--district",
        LUNAN,
        "--scope",
        "read",
    )

    assert refused.exit_code == 1
    assert "没有这个身份" in refused.stderr
    assert run("tokens", "create", "--person", "p-x", "--role", "desk", "--scope", "read").exit_code == 1
    assert run("tokens", "create", "--role", "desk").exit_code == 2
    assert run("tokens", "revoke", "t-x").exit_code == 1


def test_a_token_is_printed_for_people_too(run, persons):
    clerk = persons.desk()

    made = run(
        "tokens", "create", "--person", clerk.handle, "--role", "desk", "--district", LUNAN, "--scope", "read"
    )

    assert "\tsh_" in made.output


def test_the_outbox_prints_what_was_sent_as_json_lines(run, persons):
    person, other = persons.trainee(), persons.trainee()
    sign_in.send_code(phone=other.phone)
    sign_in.send_code(phone=person.phone)

    lines = run("outbox", "--phone", f"+86 {person.phone}", "--json").output.splitlines()

    (message,) = (json.loads(line) for line in lines)
    assert set(message) == {"at", "to", "kind", "text", "code"}
    assert (message["to"], message["kind"]) == (person.phone, "sign_in.code")
    assert message["code"] in message["text"]
    assert len(run("outbox").output.splitlines()) == 2
    assert run("outbox", "--phone", "12").exit_code == 2


def test_the_outbox_is_closed_outside_demonstration_and_test(app, run, persons, monkeypatch):
    sign_in.send_code(phone=persons.trainee().phone)
    real = dataclasses.replace(app.extensions["skillhub.config"], profile="production")
    monkeypatch.setitem(app.extensions, "skillhub.config", real)

    closed = run("outbox", "--json")

    assert closed.exit_code == 1
    assert closed.stdout == ""


def test_anybody_who_runs_the_system_sees_how_many_messages_stand_how_and_nothing_of_people(
    app, run, persons, monkeypatch
):
    person = persons.trainee()
    sign_in.send_code(phone=person.phone)
    config = dataclasses.replace(app.extensions["skillhub.config"], profile="production")
    monkeypatch.setitem(app.extensions, "skillhub.config", config)

    found = json.loads(run("messages", "--json").output)

    assert [(each["state"], each["number"]) for each in found["counts"]] == [("kept", 1)]
    assert found["tries"] == []
    assert person.phone not in run("messages").output
    assert json.loads(run("messages", "--state", "failed", "--json").output)["counts"] == []
