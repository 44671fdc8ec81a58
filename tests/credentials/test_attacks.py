"""Forgeries made by hand, each refused for its own reason, and thousands made by chance."""

from __future__ import annotations

import base64
import copy
import dataclasses
import gzip
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from reportlab.pdfgen.canvas import Canvas

from skillhub.credentials import attachment
from skillhub.credentials.vc import badge, compact, did, presented, proof, verify
from skillhub.credentials.vc.verify import Answer
from tests.credentials.vc import AT, FACTS, HOST, INDEX, ISSUER, KEY, House

ROOT = Path(__file__).parents[2]
OTHER = "did:web:other.example"
ORDER = 2**252 + 27742317777372353535851937790883648493
"""How many points the group of Ed25519 has; a signature's number beyond it says the same once more."""
LEAST = 40


def stranger():
    return House(Ed25519PrivateKey.generate())


def changed(document, **members):
    return copy.deepcopy(document) | members


def with_proof(document, **members):
    return changed(document, proof=[document["proof"][0] | members])


def spelled(document):
    return json.dumps(document, ensure_ascii=False)


def replaced(document, old, new):
    text = spelled(document)
    assert old in text, "the control: there is something to replace"
    return text.replace(old, new, 1)


def forced(house, more, options=None):
    """Sign what no closed model would let through, as a stolen key or a careless issuer would."""
    document = house.unsigned() | more
    try:
        return house.forced(document, options)
    except ValueError:  # we refuse to sign it ourselves: a signature over the rest is put beside it
        return house.forced(house.unsigned(), options) | more


def beyond_the_order(house):
    genuine = house.signed()
    signature = proof.decoded(genuine["proof"][0]["proofValue"])
    number = int.from_bytes(signature[32:], "little") + ORDER
    again = signature[:32] + number.to_bytes(32, "little")
    return with_proof(genuine, proofValue="z" + proof.base58.b58encode(again).decode())


def pdf_with(**files):
    target = io.BytesIO()
    canvas = Canvas(target)
    canvas.drawString(72, 700, "certificate")
    canvas.save()
    with pikepdf.open(io.BytesIO(target.getvalue())) as found:
        for name, data in files.items():
            found.attachments[name] = pikepdf.AttachedFileSpec(found, data, filename=name)
        target = io.BytesIO()
        found.save(target)
    return target.getvalue()


def code(house, signer=None, **values):
    payload = compact.frozen(FACTS, host=HOST, key_id="offline-2025-11", public_id="cABC")
    fields = dict(zip(compact.FIELDS, json.loads(payload), strict=True)) | values
    return compact.sign(json.dumps(list(fields.values()), ensure_ascii=False), signer or house.key)


def edited_code(house):
    mark, _payload, signature = code(house).split(".")
    other = code(stranger(), name="李四").split(".")[1]
    return f"{mark}.{other}.{signature}"


def jwt(house, algorithm, key=None):
    def packed(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    head = packed({"alg": algorithm, "typ": "vc+jwt", "kid": KEY, "jwk": {"kty": "OKP"}})
    body = f"{head}.{packed(house.unsigned())}"
    signature = base64.urlsafe_b64encode(key.sign(body.encode())).decode().rstrip("=") if key else ""
    return f"{body}.{signature}"


def longer(house):
    payload = compact.frozen(FACTS, host=HOST, key_id="offline-2025-11", public_id="cABC")
    return compact.sign(json.dumps([*json.loads(payload), "more"]), house.key)


def bare_code(house):
    mark, payload, _signature = code(house).split(".")
    data = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    signature = base64.urlsafe_b64encode(house.key.sign(data)).decode().rstrip("=")
    return f"{mark}.{payload}.{signature}"


def other_bits(house):
    found = json.loads(house.list())
    found["credentialSubject"]["encodedList"] = json.loads(dataclasses.replace(house, revoked=(1,)).list())[
        "credentialSubject"
    ]["encodedList"]
    return spelled(found).encode()


def twice(house, name):
    """Double the first value of a list inside a signed certificate."""
    document = house.signed()
    subject = document["credentialSubject"]
    values = (subject["achievement"] if name == "resultDescription" else subject)[name]
    values.append(copy.deepcopy(values[0]))
    return document


IN_FRAGMENT = f"{ISSUER}#{proof.multikey(Ed25519PrivateKey.generate().public_key())}"
TWIN = {"name": "别的课程"}
FORGED = {
    # proofs
    "no proof": lambda h: {name: value for name, value in h.signed().items() if name != "proof"},
    "an empty list of proofs": lambda h: changed(h.signed(), proof=[]),
    "a proof that stands in no list": lambda h: changed(h.signed(), proof=h.signed()["proof"][0]),
    "one bad proof of two": lambda h: changed(
        h.signed(), proof=[*h.signed()["proof"], h.signed()["proof"][0] | {"created": "2025-11-10T02:00:01Z"}]
    ),
    "one bad proof of two, before the good one": lambda h: changed(
        h.signed(), proof=[h.signed()["proof"][0] | {"created": "2025-11-10T02:00:01Z"}, *h.signed()["proof"]]
    ),
    "a strange proof beside the good one": lambda h: changed(
        h.signed(), proof=[*h.signed()["proof"], *stranger().signed()["proof"]]
    ),
    "the proof of another certificate": lambda h: changed(
        h.signed(), proof=h.signed(dataclasses.replace(FACTS, theory=99))["proof"]
    ),
    "a proof of no suite": lambda h: with_proof(h.signed(), cryptosuite="none"),
    "a proof of another suite": lambda h: with_proof(h.signed(), cryptosuite="eddsa-jcs-2022"),
    "a proof of another type": lambda h: with_proof(h.signed(), type="Ed25519Signature2020"),
    "a proof for another purpose": lambda h: h.forced(
        h.unsigned(), h.options() | {"proofPurpose": "authentication"}
    ),
    "a proof that brings its key": lambda h: with_proof(h.signed(), publicKeyJwk={"kty": "OKP"}),
    "a proof that brings its method": lambda h: with_proof(
        h.signed(), verificationMethod={"id": KEY, "publicKeyMultibase": "z"}
    ),
    "a proof value of nothing": lambda h: with_proof(h.signed(), proofValue=""),
    "a proof value of zeros": lambda h: with_proof(
        h.signed(), proofValue="z" + proof.base58.b58encode(bytes([1]) + bytes(63)).decode()
    ),
    "a proof value beyond the order of the group": beyond_the_order,
    "a proof value in another base": lambda h: with_proof(
        h.signed(), proofValue="u" + base64.urlsafe_b64encode(bytes(64)).decode().rstrip("=")
    ),
    "a token without algorithm": lambda h: jwt(h, "none"),
    "a token signed by the issuer's key": lambda h: jwt(h, "EdDSA", h.key),
    # keys and issuers
    "another key under our name": lambda h: stranger().signed(),
    "a key that stands only in the fragment": lambda h: stranger().forced(
        h.unsigned(), h.options(IN_FRAGMENT)
    ),
    "a key of a month that we had none": lambda h: h.forced(h.unsigned(), h.options(f"{ISSUER}#key-2025-12")),
    "a key of another host": lambda h: h.forced(h.unsigned(), h.options(f"{OTHER}#key-2025-11")),
    "a key that is its own name": lambda h: with_proof(
        h.signed(), verificationMethod="did:key:" + proof.multikey(h.key.public_key())
    ),
    "another issuer": lambda h: House(h.key, host="other.example").forced(
        House(h.key, host="other.example").unsigned(), h.options(f"{OTHER}#key-2025-11")
    ),
    "our name for another issuer": lambda h: changed(
        h.signed(), issuer={**h.signed()["issuer"], "id": OTHER}
    ),
    "an issuer that is a text": lambda h: changed(h.signed(), issuer=ISSUER),
    # members
    "an unknown term": lambda h: changed(h.signed(), shoeSize="44"),
    "an unknown term that somebody signed around": lambda h: forced(h, {"shoeSize": "44"}),
    "a context that gives words another sense": lambda h: changed(
        h.signed(), **{"@context": [*h.signed()["@context"], {"name": "https://other.example/name"}]}
    ),
    "a context from elsewhere": lambda h: changed(
        h.signed(), **{"@context": [*h.signed()["@context"], "https://other.example/context.json"]}
    ),
    "contexts in another order": lambda h: changed(
        h.signed(), **{"@context": [h.signed()["@context"][each] for each in (1, 0, 2)]}
    ),
    "a member twice": lambda h: replaced(
        h.signed(), '"name": "培训合格证书"', '"name": "别的", "name": "培训合格证书"'
    ),
    "a member twice, once in escapes": lambda h: replaced(
        h.signed(), '"name": "培训合格证书"', '"n\\u0061me": "别的", "name": "培训合格证书"'
    ),
    "a second graph": lambda h: changed(h.signed(), **{"@graph": [TWIN]}),
    "a keyword for its alias": lambda h: replaced(h.signed(), '"id": "urn:uuid', '"@id": "urn:uuid'),
    "a result twice": lambda h: twice(h, "result"),
    "a described result twice": lambda h: twice(h, "resultDescription"),
    "a text as number": lambda h: replaced(h.signed(), '"value": "82"', '"value": 82'),
    "nothing for a text": lambda h: replaced(h.signed(), '"value": "82"', '"value": null'),
    "a name with an invisible letter": lambda h: replaced(h.signed(), FACTS.name, FACTS.name + "\u200b"),
    "a name turned round": lambda h: replaced(h.signed(), FACTS.name, "\u202e" + FACTS.name),
    "an end that it had not": lambda h: forced(h, {"validUntil": "2030-01-01T00:00:00Z"}),
    "an end that is over": lambda h: forced(h, {"validUntil": "2025-11-11T00:00:00Z"}),
    # status
    "no status": lambda h: {name: value for name, value in h.signed().items() if name != "credentialStatus"},
    "the place of another on the list": lambda h: replaced(h.signed(), f'"{INDEX}"', f'"{INDEX + 1}"'),
    "a list of another host": lambda h: forced(
        h,
        {
            "credentialStatus": {
                **h.signed()["credentialStatus"],
                "statusListCredential": f"https://{OTHER}/1",
            }
        },
    ),
    "a status for another purpose": lambda h: forced(
        h, {"credentialStatus": {**h.signed()["credentialStatus"], "statusPurpose": "suspension"}}
    ),
    "a status list for a certificate": lambda h: h.list(),
    # files
    "another coding": lambda h: spelled(h.signed()).encode("utf-16"),
    "a mark before it": lambda h: b"\xef\xbb\xbf" + spelled(h.signed()).encode(),
    "another document behind it": lambda h: spelled(h.signed()) + spelled(TWIN),
    "a list of certificates": lambda h: spelled([h.signed()]),
    "too deep to read": lambda h: '{"a":' * 5000 + "1" + "}" * 5000,
    "packed": lambda h: gzip.compress(spelled(h.signed()).encode()),
    "a paper with an edited certificate": lambda h: pdf_with(
        **{attachment.NAME: replaced(h.signed(), FACTS.name, "李四").encode()}
    ),
    "a paper with the certificate under another name": lambda h: pdf_with(
        **{"other.json": spelled(h.signed()).encode()}
    ),
    "a paper with nothing attached": lambda h: pdf_with(),
    # codes
    "an edited code": edited_code,
    "a code signed by a stranger": lambda h: code(stranger()),
    "a code signed by the key for certificates": lambda h: code(h, key="key-2025-11"),
    "a code of another host": lambda h: code(h, host="other.example"),
    "a code with a field more": longer,
    "a code filled up": lambda h: code(h) + "=",
    "a code with something behind it": lambda h: code(h) + ".x",
    "a code without the words before it": bare_code,
}


def trust(house):
    """Believe the issuer's key for certificates, and the same one for codes under the name of those."""
    public = proof.multikey(house.key.public_key())
    issuers = {ISSUER: did.document(ISSUER, {"key-2025-11": public}, {"offline-2025-11": public})}
    return house.trust(issuers=issuers)


def presented_as(house, made):
    data = (
        made
        if isinstance(made, bytes)
        else made.encode()
        if isinstance(made, str)
        else spelled(made).encode()
    )
    return presented.judge(data, trust(house), at=AT)


def test_there_are_as_many_attacks_as_were_promised():
    assert len(FORGED) >= LEAST


@pytest.mark.parametrize("name", FORGED)
def test_what_is_forged_shows_nothing_of_itself(house, name):
    found = presented_as(house, FORGED[name](house))

    assert found.unaltered.value is not Answer.YES
    assert found.issued_by.value is not Answer.YES
    assert found.shown is None


def test_what_the_attacks_were_made_of_is_genuine(house):
    for made in (
        house.signed(),
        spelled(house.signed()),
        pdf_with(**{attachment.NAME: spelled(house.signed()).encode()}),
    ):
        assert {each.value.value for each in presented_as(house, made).findings.values()} == {"yes"}
    assert presented_as(house, code(house)).unaltered.value is Answer.YES


STATUS = {
    "revoked": (lambda h: dataclasses.replace(h, revoked=(INDEX,)).list(), Answer.NO),
    "a list of a stranger": (lambda h: stranger().list(), Answer.UNKNOWN),
    "a list of another place": (
        lambda h: h.list().replace(b"/credentials/status/1", b"/credentials/status/2"),
        Answer.UNKNOWN,
    ),
    "a list from before": (lambda h: h.list(AT - timedelta(days=2)), Answer.UNKNOWN),
    "a list that is to come": (lambda h: h.list(AT + timedelta(days=1)), Answer.UNKNOWN),
    "a certificate for a list": (lambda h: spelled(h.signed()).encode(), Answer.UNKNOWN),
    "a list with other bits": (other_bits, Answer.UNKNOWN),
}


@pytest.mark.parametrize("name", STATUS)
def test_no_list_but_the_issuers_of_today_clears_a_certificate(house, name):
    made, answer = STATUS[name]

    found = house.judge(house.signed(), lists={badge.list_address(HOST, 1): made(house)})

    assert found.not_revoked.value is answer
    assert found.unaltered.value is Answer.YES, "the control: the certificate itself is genuine"


def test_before_its_day_none_is_in_force(house):
    assert house.judge(house.signed(), at=AT - timedelta(days=9)).in_force.value is Answer.NO


def test_of_thousands_made_by_chance_none_is_accepted_and_no_genuine_one_refused():
    script = ROOT / "benchmarks" / "mutations.py"
    words = ["--count", "3000", "--seed", "11"]
    done = subprocess.run([sys.executable, script, *words], capture_output=True, text=True, check=False)

    told = json.loads(done.stdout)
    assert (done.returncode, told["accepted"], told["refused"]) == (0, 0, 0), told.get("examples")
    assert told["changed"] > 2000
    assert told["same"] > 100
    assert {"bytes", "members", "spelling", "code", "paper", "paper bytes"} <= set(told["kinds"])


def test_the_count_of_mutations_notices_a_judge_that_believes_all(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    mutations = pytest.importorskip("mutations")
    genuine = verify.Finding(Answer.YES, verify.Why.SIGNED)
    believing = verify.Judgement(unaltered=genuine, issued_by=genuine, in_force=genuine, not_revoked=genuine)
    monkeypatch.setattr(mutations, "judged", lambda *_: believing)

    assert mutations.tried(mutations.made(1), 100)["accepted"] > 50
