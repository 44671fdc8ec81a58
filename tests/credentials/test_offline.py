"""The page that checks codes without a network: its files, and that it says what the paper says."""

from __future__ import annotations

import base64
import json
import re

import pytest

from skillhub.credentials import labels, offline, public, queries
from skillhub.credentials.queries import credentials
from skillhub.credentials.vc import compact
from skillhub.testing.factories.credentials import certificates
from tests.credentials.vc import FACTS, House

SHOWN = dict.fromkeys(("en.html", "index.html"))


@pytest.fixture
def public_id(classes):
    return certificates(classes.marked(level="5"))[0]


def test_the_public_folder_is_the_same_as_what_we_serve(client, public_id, tmp_path):
    public.write(tmp_path)

    for name in offline.NAMES:
        answer = client.get(f"/verify/offline/{name}")
        assert answer.data == (tmp_path / offline.FOLDER / name).read_bytes(), name
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in answer.headers
    assert client.get("/verify/offline/").data == client.get("/verify/offline/index.html").data
    assert client.get("/verify/offline/other.js").status_code == 404


def test_the_page_asks_nobody_else_and_runs_nothing_inside(client, public_id):
    for name in SHOWN:
        text = client.get(f"/verify/offline/{name}").text
        addresses = re.findall(r'(?:src|href)="([^"]*)"', text)
        assert addresses
        assert not [each for each in addresses if "//" in each]
        assert "unsafe" not in text
        assert re.findall(r"<script(?! src=)", text) == []


def test_the_script_reads_the_fields_in_the_order_of_the_code():
    script = offline.file("page.js").decode()
    fields = re.search(r"const FIELDS = \[(.*?)\];", script, re.DOTALL)[1]

    assert tuple(re.findall(r'"(\w+)"', fields)) == compact.FIELDS
    assert f'"{compact.DOMAIN.decode().rstrip()}\\n"' in script
    assert f"LONGEST = {compact.LONGEST};" in script


def test_the_keys_are_those_that_sign_codes_and_no_other(client, public_id):
    told = json.loads(client.get("/verify/offline/keys.json").text)
    text = credentials.published(queries.certificate(public_id).id).compact
    keys = {
        f"{told['host']}#{name}": compact.Ed25519PublicKey.from_public_bytes(
            base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
        )
        for name, raw in told["keys"].items()
    }

    assert compact.read(text, keys).is_signed is True
    assert all(name.startswith("offline-") for name in told["keys"])


def test_the_page_words_each_fact_as_our_own_verify_page_does(app, session, house: House):
    shown = house.judge(house.signed()).shown
    values = {name: str(getattr(FACTS, name) or "") for name in compact.FIELDS if hasattr(FACTS, name)}
    values |= {
        name: labels.words.full_day(getattr(FACTS, name)) for name in ("starts_on", "ends_on", "issued_on")
    }

    filled = [
        (label, "　".join(part.format(**values) for part in pattern.split("|")))
        for label, pattern in offline.patterns()
    ]

    assert filled == labels.shown_pairs(shown)


def test_nothing_in_the_page_pretends_to_know_whether_it_was_revoked(client, public_id):
    text = client.get("/verify/offline/").text

    assert "没查到" in text
    assert str(labels.BECAUSE[labels.Why.CODE_ONLY]) in text
    assert str(labels.BECAUSE[labels.Why.NOT_REVOKED]) not in text


def test_no_cryptography_is_written_by_hand():
    scripts = "".join(offline.file(name).decode() for name in offline.SCRIPTS)

    assert "crypto.subtle.verify" in scripts
    assert not re.search(r"BigInt|\bsha-?512|25519n|eval\(|Function\(", scripts, re.IGNORECASE)
