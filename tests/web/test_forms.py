"""A form says at each field what to type; sent twice it has one effect."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from skillhub.base.db import db
from tests.web.house import Thing

HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')


def fields(page) -> dict[str, str]:
    """The hidden fields of the page's own form (the foot has one for signing out)."""
    return dict(HIDDEN.findall(page.text.split("<main", 1)[1].split("</main>", 1)[0]))


def send(client, **values):
    given = {"seats": "3", "wage": "1", "on": "2025-11-10", "kind": "ok"} | values
    return client.post("/things/new", data=fields(client.get("/things/new")) | given)


def test_a_form_carries_its_token_and_a_key_of_its_own(ann):
    first, second = fields(ann.get("/things/new")), fields(ann.get("/things/new"))

    assert set(first) == {"csrf_token", "idempotency_key"}
    assert first["idempotency_key"] != second["idempotency_key"]


def test_a_good_form_is_carried_out_and_said(ann):
    answer = send(ann, name="甲")
    page = ann.get(answer.headers["Location"])

    assert answer.status_code == 302
    assert '<div class="note ok" role="status"><p>做好了</p></div>' in page.text


def test_a_double_click_is_one_effect(house, ann):
    values = fields(ann.get("/things/new")) | {
        "name": "甲",
        "seats": "3",
        "wage": "1",
        "on": "2025-11-10",
        "kind": "ok",
    }

    first, second = (ann.post("/things/new", data=values) for _ in range(2))

    assert first.headers["Location"] == second.headers["Location"]
    with house.app_context():
        assert db.session.scalar(select(func.count(Thing.id))) == 1


def test_a_double_click_of_nobody_is_one_effect_too(house, browser):
    values = fields(browser.get("/things/new")) | {
        "name": "甲",
        "seats": "3",
        "wage": "1",
        "on": "2025-11-10",
        "kind": "ok",
    }

    answers = [browser.post("/things/new", data=values) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_the_same_key_with_other_values_is_refused(ann):
    values = fields(ann.get("/things/new")) | {"seats": "3", "wage": "1", "on": "2025-11-10", "kind": "ok"}
    ann.post("/things/new", data=values | {"name": "甲"})

    answer = ann.post("/things/new", data=values | {"name": "乙"})

    assert answer.status_code == 422
    assert "这个编号已经用于另一次提交" in answer.text


def test_a_form_without_its_key_is_refused(ann):
    values = fields(ann.get("/things/new"))
    answer = ann.post(
        "/things/new",
        data={
            "csrf_token": values["csrf_token"],
            "name": "甲",
            "seats": "3",
            "wage": "1",
            "on": "2025-11-10",
            "kind": "ok",
        },
    )

    assert answer.status_code == 400


def test_a_form_without_its_token_is_refused_kindly(ann):
    answer = ann.post("/things/new", data={"name": "甲"})

    assert answer.status_code == 400
    assert "刷新后重新提交" in answer.text


def test_each_wrong_field_says_what_to_type(ann):
    page = send(ann, name="", seats="0", wage="许多", on="明天", kind="maybe")

    assert page.status_code == 422
    said = dict(re.findall(r'class="why" id="(\w+)-why">([^<]+)<', page.text))
    assert said == {
        "name": "请填写这一项。",
        "seats": "请填1到500之间的数。",
        "wage": "请填整数，比如3。",
        "on": "请填日期，比如2025-11-10。",
        "kind": "请从列出的几项里选一项。",
    }
    assert re.search(
        r'<input[^>]*aria-describedby="name-why"[^>]*aria-invalid="true"|<input[^>]*aria-invalid="true"[^>]*aria-describedby="name-why"',
        page.text,
    )
    assert 'value="许多"' in page.text, "what was typed stays"


def test_what_a_service_refuses_stands_at_its_field_or_at_the_head(ann):
    page = send(ann, name="odd")

    assert page.status_code == 422
    assert 'id="name-why">换一个名称。<' in page.text
    assert "<p>整体不对。</p>" in page.text


def test_a_field_shows_its_hint_and_leaves_checking_to_us(ann):
    page = ann.get("/things/new").text

    assert 'id="wage-hint">每天，元<' in page
    assert " required" not in page.replace("aria-required", "")
    assert 'inputmode="numeric"' in page


def test_typed_markup_is_text(ann):
    page = send(ann, name="<script>x</script>", wage='"><img src=x>')

    assert "<script" not in page.text
    assert "<img" not in page.text
