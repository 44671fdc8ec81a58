"""Two people share a phone: whoever signs in with it says which of them it is."""

import pytest

from skillhub.accounts.queries import people
from skillhub.demo import data
from skillhub.testing.clients import hidden_fields
from skillhub.testing.factories.accounts import sent_code

SHARED = "19900000301"


@pytest.fixture
def pair(demonstration):
    return people.with_phone(SHARED)


def code_for(program):
    assert program.post("/api/v1/sign-in/codes", {"phone": SHARED}).status_code == 202
    return sent_code(SHARED)


def test_the_pair_is_one_of_the_tables(pair):
    told = {row["name"] for row in data.table("people") if row["phone"] == SHARED}

    assert {each.name for each in pair} == told == {"马慧", "吴海静"}


def test_a_program_is_asked_which_of_them_it_is_and_then_let_in(program, pair):
    code = code_for(program)

    asked = program.post("/api/v1/sign-in", {"phone": SHARED, "code": code})

    assert (asked.status_code, asked.json["code"]) == (409, "choose_person")
    assert all(each.name not in asked.text for each in pair), "names are masked until it is known who asks"
    assert {each.handle for each in pair} == {
        handle for handle in (each.handle for each in pair) if handle in asked.text
    }

    let_in = program.post("/api/v1/sign-in", {"phone": SHARED, "code": code, "person": pair[1].handle})

    assert (let_in.status_code, let_in.json["person"]) == (201, pair[1].handle)


def test_the_page_offers_both_and_lets_the_chosen_one_in(visitor, program, pair):
    code = code_for(program)
    form = hidden_fields(visitor.get("/sign-in").text)

    asked = visitor.post("/sign-in", data={**form, "phone": SHARED, "code": code})

    assert asked.status_code == 409
    assert "您是哪一位" in asked.text
    assert asked.text.count('name="person" value="') == 2
    assert all(f'value="{each.handle}"' in asked.text for each in pair)
    assert all(each.name not in asked.text for each in pair)

    chosen = {**hidden_fields(asked.text), "phone": SHARED, "code": code, "person": pair[0].handle}
    let_in = visitor.post("/sign-in", data=chosen)

    assert (let_in.status_code, let_in.location) == (302, "/me")
    assert pair[0].name in visitor.get("/me").text
