"""Checking a file at the pages, and the phone page with its picture."""

from __future__ import annotations

import io
import json
import re

import pytest
import zxingcpp
from PIL import Image

from skillhub.base.db import unit_of_work
from skillhub.credentials import keys, paper, queries, service
from skillhub.credentials.keys import Purpose
from skillhub.credentials.pace import PACE
from skillhub.credentials.queries import credentials, issuer
from skillhub.credentials.vc import signing
from skillhub.credentials.vc.shapes import Badge
from skillhub.testing.clients import submit
from skillhub.testing.factories.credentials import PASSED, certificates

WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50 Mobile"


@pytest.fixture(autouse=True)
def unhurried():
    PACE.forget()
    yield
    PACE.forget()


@pytest.fixture
def made(classes):
    return classes.marked(PASSED, PASSED)


@pytest.fixture
def public_id(made):
    return certificates(made)[0]


@pytest.fixture
def signed(public_id):
    return credentials.published(queries.certificate(public_id).id)


def upload(client, data, name="c.json"):
    return submit(client, "/verify", file=(io.BytesIO(data), name))


def answers(page):
    """Return the four answers of a page in order."""
    return re.findall(r'<td><span class="is \w+">([^<]+)</span></td>', page.text)


def test_a_genuine_file_gets_four_answers_and_its_facts(client, made, signed):
    page = upload(client, signed.document)

    assert answers(page) == ["是"] * 4
    assert made.people[0].name in page.text
    assert "demo.skillhub.example" in page.text


def test_a_paper_is_checked_by_what_is_attached(client, made, public_id):
    page = upload(client, paper.drawn(queries.certificate(public_id)), "c.pdf")

    assert answers(page) == ["是"] * 4
    assert made.people[0].name in page.text


def test_an_edited_file_shows_nothing_of_itself(client, made, signed):
    edited = signed.document.replace(made.people[0].name.encode(), "李四".encode())

    page = upload(client, edited)

    assert answers(page) == ["否", "没查到", "没查到", "没查到"]
    assert "李四" not in page.text
    assert "不要认这个文件" in page.text


@pytest.mark.parametrize("forged", ["another name", "a number that was never issued"])
def test_what_a_thief_signs_with_our_key_is_not_in_the_register(client, made, public_id, signed, forged):
    document = json.loads(signed.document)
    if forged == "another name":
        subject = document["credentialSubject"]["identifier"][0]
        subject["identityHash"] = "李四"
    else:
        document = json.loads(signed.document.replace(public_id.encode(), b"c" + b"Z" * 22))
    options = document.pop("proof")[0]
    del options["proofValue"]
    stolen = keys.opened(issuer.config().keys_folder, Purpose.CREDENTIAL, signed.key_id)

    page = upload(client, signing.signed(Badge, document, options, stolen).encode())

    assert answers(page) == ["是", "否", "没查到", "没查到"]
    assert "登记里没有这一份" in page.text
    assert "不要认这个文件" in page.text
    assert not [name for name in ("李四", made.people[0].name) if name in page.text]


def test_the_text_of_a_code_is_checked_too(client, made, signed):
    page = submit(client, "/verify", text=signed.compact)

    assert answers(page) == ["是"] * 4
    assert made.people[0].name in page.text


def test_a_revoked_one_says_when_and_why(client, made, public_id, signed):
    service.revoke(actor=made.school.actor, certificate=public_id, reason="成绩登记错误")

    for data in (signed.document, signed.compact.encode()):
        page = upload(client, data)
        assert answers(page) == ["是", "是", "是", "否"]
        assert "成绩登记错误" in page.text


@pytest.mark.parametrize("data", [b"x", b"{}", b"%PDF-1.4", b"\x00" * 1000, b'{"a":1}'])
def test_what_is_no_certificate_is_refused_in_words(client, public_id, data):
    page = upload(client, data)

    assert page.status_code == 200
    assert answers(page)[0] == "否"


def test_nothing_handed_in_is_asked_for(client, district):
    page = submit(client, "/verify", text="")

    assert "请选一个文件" in page.text


def test_the_page_is_read_in_english(client, signed):
    page = client.get("/verify", headers={"Accept-Language": "en"})

    assert "Check a certificate" in page.text


def test_an_address_that_never_stops_is_slowed_down(client, public_id):
    statuses = [client.get(f"/verify/c{place:022d}").status_code for place in range(PACE.most + 1)]

    assert statuses == [404] * PACE.most + [429]
    assert client.get(f"/verify/{public_id}").status_code == 200, "what there is stays to be seen"


def test_a_phone_gets_picture_pdf_and_json_on_one_page(browser_of, made, public_id):
    holder = browser_of(made.people[0])

    page = holder.get(f"/certificates/{public_id}").text

    for ending in (".png", ".pdf", "/credential"):
        assert f'/certificates/{public_id}{ending}"' in page
    assert holder.get(f"/certificates/{public_id}.png").mimetype == "image/png"
    assert holder.get(f"/certificates/{public_id}/credential").mimetype == "application/vc+json"


def test_wechat_gets_the_picture_and_nothing_that_it_cannot_open(browser_of, made, public_id):
    page = browser_of(made.people[0]).get(f"/certificates/{public_id}", headers={"User-Agent": WECHAT}).text

    assert f'<img class="paper" src="/certificates/{public_id}.png"' in page
    assert "长按图片" in page
    assert f'/certificates/{public_id}.pdf"' not in page


def test_the_picture_is_small_and_always_the_same(browser_of, made, public_id):
    holder = browser_of(made.people[0])

    picture = holder.get(f"/certificates/{public_id}.png")

    assert len(picture.data) <= 300_000
    assert picture.data == holder.get(f"/certificates/{public_id}.png").data


def test_both_codes_can_be_read_from_the_picture(browser_of, made, signed, public_id):
    picture = browser_of(made.people[0]).get(f"/certificates/{public_id}.png").data

    found = {each.text for each in zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))}

    assert signed.compact in found
    assert [each for each in found if each.endswith(f"/verify/{public_id}")]


def test_before_it_is_signed_the_page_says_so(browser_of, made):
    with unit_of_work() as unit:
        one = service.issue_in(unit, actor=made.school.actor, application_id=made.application_ids[0])

    page = browser_of(made.people[0]).get(f"/certificates/{one}").text

    assert "电子签名还在生成" in page
    assert ".pdf" not in page
