"""Software that we did not write accepts our credentials, and nothing that was made of them."""

from __future__ import annotations

import copy
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from skillhub.base import clock
from skillhub.credentials import public, queries, service
from skillhub.credentials.queries import credentials
from skillhub.credentials.vc import badge, did, proof
from skillhub.testing.factories.credentials import PASSED, Classes, certificates
from tests.credentials.served import fetched
from tests.credentials.served import served as serving
from tests.credentials.vc import HOST, ISSUER, KEY, House

DID_JSON = f"https://{HOST}/.well-known/did.json"
LIST = badge.list_address(HOST, 1)
OTHER = "other.example"
UNSEEN = {("@context", 2)}
"""The context of extensions defines no term that we use: leaving it out changes nothing that is signed."""


def spelled(document):
    return json.dumps(document, ensure_ascii=False)


def is_good(answer):
    """Tell whether both JavaScript implementations are content in every respect."""
    core = answer["core"]
    return (
        answer["bazaar"]
        and answer["revoked"] is False
        and bool(core["signature"] and core["expiration"] and core["revocation"])
    )


@pytest.fixture
def house():
    return House(Ed25519PrivateKey.generate())


@pytest.fixture
def served(house):
    return {DID_JSON: json.dumps(house.did()), LIST: house.list(clock.real_now()).decode()}


def test_what_a_stranger_downloads_today_is_accepted_and_what_is_revoked_is_not(
    api, client, persons, javascript, openbadges
):
    made = Classes(persons).marked(PASSED, PASSED)
    one, other = certificates(made)
    service.revoke(actor=made.school.actor, certificate=other, reason="成绩登记错误")
    service.bring_up_to_date()
    texts = {
        name: api.as_(person).get(f"certificates/{public_id}/credential").text
        for name, person, public_id in zip(("genuine", "revoked"), made.people, (one, other), strict=True)
    }
    served = {
        DID_JSON: client.get("/.well-known/did.json").text,
        LIST: client.get("/credentials/status/1").text,
    }

    answers = javascript(served, ISSUER, texts)

    assert is_good(answers["genuine"]), answers
    assert answers["revoked"]["revoked"] is True
    assert answers["revoked"]["core"]["revocation"] is False
    assert openbadges(served, ISSUER, texts["genuine"])
    assert not openbadges(served, ISSUER, texts["revoked"])


def changes(genuine):
    """Yield a name and a document for every member and value that is changed or left out."""
    for path in paths(genuine):
        where = "/".join(map(str, path))
        *outer, last = path
        for kind in ("changed", "left out"):
            if path in UNSEEN and kind == "left out":
                continue
            document = copy.deepcopy(genuine)
            place = document
            for step in outer:
                place = place[step]
            if kind == "left out":
                del place[last]
            elif isinstance(place[last], dict | list):
                continue
            else:
                place[last] = (not place[last]) if isinstance(place[last], bool) else f"{place[last]}1"
            yield f"{kind}: {where}", document


def paths(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in items:
        yield (*path, name)
        yield from paths(member, (*path, name))


def test_every_single_change_is_refused_by_all(house, served, javascript, openbadges):
    genuine = house.signed()
    texts = {name: spelled(document) for name, document in changes(genuine)}
    assert len(texts) > 150, "the control: there is much to change"

    answers = javascript(served, ISSUER, texts | {"genuine": spelled(genuine)})

    assert is_good(answers.pop("genuine")), "the control: unchanged it is accepted"
    assert [name for name, answer in answers.items() if is_good(answer)] == []
    assert openbadges(served, ISSUER, spelled(genuine))
    assert [name for name, text in texts.items() if openbadges(served, ISSUER, text)] == []


def test_what_is_forged_is_refused_by_all(house, served, javascript, openbadges):
    genuine = house.signed()
    stranger = House(Ed25519PrivateKey.generate(), host=OTHER)
    foreign = stranger.forced(stranger.unsigned(), house.options(f"did:web:{OTHER}#key-2025-11"))
    in_fragment = f"{ISSUER}#{proof.multikey(stranger.key.public_key())}"
    bad_proof = {**genuine["proof"][0], "created": "2025-11-10T02:00:01Z"}
    expired = {**house.unsigned(), "validUntil": "2025-11-11T00:00:00Z"}
    served[f"https://{OTHER}/.well-known/did.json"] = json.dumps(
        did.document(f"did:web:{OTHER}", {"key-2025-11": proof.multikey(stranger.key.public_key())}, {})
    )
    texts = {
        "expired": spelled(house.forced(expired)),
        "other issuer": spelled(foreign),
        "other key": spelled(stranger.forced(house.unsigned(), house.options(KEY))),
        "key only in the fragment": spelled(stranger.forced(house.unsigned(), house.options(in_fragment))),
        "no proof": spelled({name: value for name, value in genuine.items() if name != "proof"}),
        "one bad proof of two": spelled(genuine | {"proof": [genuine["proof"][0], bad_proof]}),
        "unknown term": spelled(genuine | {"shoeSize": "44"}),
        "a member twice": spelled(genuine).replace('"name": "培训合格证书"', '"name": "x", "name": "y"', 1),
    }

    answers = javascript(served, ISSUER, texts | {"genuine": spelled(genuine)})

    assert is_good(answers.pop("genuine"))
    assert [name for name, answer in answers.items() if is_good(answer)] == []
    assert [name for name, text in texts.items() if openbadges(served, ISSUER, text)] == []
    assert {house.judge(text.encode()).unaltered.value for text in texts.values()} <= {"no", "unknown"}
    assert all(house.judge(text.encode()).shown is None for text in texts.values())


@pytest.mark.processes
def test_with_our_server_off_the_public_folder_is_enough(persons, javascript, openbadges, tmp_path):
    made = Classes(persons).marked(PASSED, PASSED)
    one, other = certificates(made)
    service.revoke(actor=made.school.actor, certificate=other, reason="成绩登记错误")
    service.bring_up_to_date()
    texts = {
        name: credentials.published(queries.certificate(public_id).id).document.decode()
        for name, public_id in (("genuine", one), ("revoked", other))
    }
    public.write(tmp_path / "public")

    with serving(tmp_path / "public") as address:
        downloaded = {
            f"https://{HOST}{path}": fetched(address + path)
            for path in ("/.well-known/did.json", "/credentials/status/1")
        }

    answers = javascript(downloaded, ISSUER, texts)
    assert is_good(answers["genuine"]), answers
    assert answers["revoked"]["revoked"] is True
    assert not is_good(answers["revoked"])
    assert openbadges(downloaded, ISSUER, texts["genuine"])
    assert not openbadges(downloaded, ISSUER, texts["revoked"])
