"""Credentials without a database: what is signed, what is refused before that, and what a judge says."""

from __future__ import annotations

import base64
import copy
import dataclasses
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from skillhub.credentials.vc import (
    badge,
    canon,
    compact,
    contexts,
    did,
    proof,
    shapes,
    signing,
    status,
    verify,
)
from skillhub.credentials.vc.shapes import Badge
from skillhub.credentials.vc.verify import Answer, Why
from tests.credentials.vc import AT, FACTS, HOST, INDEX, ISSUER, KEY, House


def values(judgement):
    return tuple(each.value.value for each in judgement.findings.values())


def changed(document, path, value):
    made = copy.deepcopy(document)
    place = made
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return made


def leaves(value, path=()):
    """Yield the path of every text, truth and list member of a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in items:
        yield (*path, name)
        yield from leaves(member, (*path, name))


def at(document, path):
    for step in path:
        document = document[step]
    return document


def test_a_credential_has_its_contexts_in_order_and_one_proof_in_an_array(house):
    made = house.signed()

    assert made["@context"] == [
        "https://www.w3.org/ns/credentials/v2",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
    ]
    assert [each["cryptosuite"] for each in made["proof"]] == ["eddsa-rdfc-2022"]
    assert made["proof"][0]["verificationMethod"] == KEY
    assert made["issuer"]["id"] == "did:web:demo.skillhub.example"
    assert made["credentialStatus"]["statusListIndex"] == str(INDEX)
    assert {each["value"] for each in made["credentialSubject"]["result"]} == {"20", "8", "12", "82", "91"}


def test_a_credential_says_what_the_paper_says(house):
    shown = house.judge(house.signed()).shown

    for name in ("number", "name", "identity_last4", "course", "trade", "level_name", "body", "batch"):
        assert getattr(shown, name) == getattr(FACTS, name)
    for name in ("starts_on", "ends_on", "issued_on"):
        assert getattr(shown, name) == getattr(FACTS, name)
    assert shown.results == {name: getattr(FACTS, name) for name in badge.NAMED}


def test_facts_without_marks_and_level_are_written_without_them(house):
    facts = dataclasses.replace(FACTS, theory=None, practice=None, level=None, level_name=None)

    shown = house.judge(house.signed(facts)).shown

    assert shown.level_name is None
    assert set(shown.results) == {"hours", "theory_hours", "practice_hours"}


def test_hours_without_an_examination_are_signed_as_a_note_of_completion(house):
    made = house.signed(dataclasses.replace(FACTS, theory=None, practice=None))
    text = json.dumps(made, ensure_ascii=False)

    assert made["name"] == "结业证明"
    assert "考核合格" not in text
    assert "没有考核，不是培训合格证书" in made["credentialSubject"]["achievement"]["description"]
    assert "RawScore" not in text
    assert house.judge(made).shown.is_examined is False
    assert house.judge(house.signed()).shown.is_examined is True


def test_the_same_bytes_get_the_same_signature(house):
    assert house.signed() == house.signed()


def test_a_genuine_credential_is_answered_four_times_yes(house):
    assert values(house.judge(house.signed())) == ("yes", "yes", "yes", "yes")


@pytest.mark.parametrize("text", ["张\x00三", "张\n三", "张\x7f三", "张\u0085三", "张\u202e三", "张\ufffe三"])
def test_what_cannot_be_seen_is_refused_before_signing(house, text):
    with pytest.raises(ValueError, match="cannot be shown"):
        house.unsigned(dataclasses.replace(FACTS, name=text))


def test_a_member_that_no_context_defines_is_never_signed(house):
    document = changed(house.unsigned(), ("credentialSubject", "shoeSize"), "44")

    with pytest.raises(canon.Unsigned):
        house.forced(document)
    with pytest.raises(ValueError, match="shoeSize"):
        signing.signed(Badge, document, house.options(), house.key)


def test_a_reference_that_leads_nowhere_is_never_signed(house):
    with pytest.raises(canon.Unsigned):
        house.forced(changed(house.unsigned(), ("issuer", "id"), "nowhere"))


def test_an_unknown_context_is_neither_loaded_nor_fetched(house):
    document = house.unsigned()
    document["@context"].append("https://example.com/context.json")

    with pytest.raises(contexts.UnknownContext):
        house.forced(document)


def test_a_context_that_was_changed_on_disk_is_not_used(monkeypatch):
    name, _sha256 = contexts.PINNED[contexts.EXTENSIONS]
    monkeypatch.setitem(contexts.PINNED, contexts.EXTENSIONS, (name, "0" * 64))
    contexts.document.cache_clear()

    with pytest.raises(contexts.ContextAltered):
        contexts.document(contexts.EXTENSIONS)
    contexts.document.cache_clear()


def test_threads_that_check_at_once_are_not_in_each_others_way(house):
    documents = [house.signed() for _ in range(4)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(8) as pool:
            hashes = list(pool.map(lambda each: proof.hash_data(each, each["proof"][0]), documents * 12))
    finally:
        sys.setswitchinterval(before)

    assert hashes == [proof.hash_data(each, each["proof"][0]) for each in documents] * 12


def test_every_single_change_is_seen(house):
    genuine = house.signed()
    paths = list(leaves(genuine))
    assert len(paths) > 100, "the control: there are members"
    for path in paths:
        old = at(genuine, path)
        new = {bool: not old}.get(type(old), f"{old}x" if isinstance(old, str) else "x")
        removed = copy.deepcopy(genuine)
        del at(removed, path[:-1])[path[-1]]
        for document in (changed(genuine, path, new), removed):
            found = house.judge(document)
            assert found.unaltered.value is not Answer.YES, path
            assert found.shown is None, path
    for path in {path[:-1] for path in paths if isinstance(path[-1], str)}:
        more = changed(genuine, (*path, "more"), "x")
        assert house.judge(more).unaltered == verify.Finding(Answer.NO, Why.MALFORMED), path


def test_another_issuers_credential_is_not_ours(house):
    other = House(house.key, host="other.example")
    made = other.forced(other.unsigned(), house.options("did:web:other.example#key-2025-11"))

    found = house.judge(made)

    assert values(found) == ("unknown", "no", "unknown", "unknown")
    assert found.host == "other.example"


def test_a_key_of_another_host_signs_nothing_of_ours(house):
    made = house.forced(house.unsigned(), house.options("did:web:other.example#key-2025-11"))

    assert values(house.judge(made)) == ("no", "unknown", "unknown", "unknown")


def test_a_key_that_stands_only_in_the_fragment_is_not_believed(house):
    own = proof.multikey(house.key.public_key())
    made = house.forced(house.unsigned(), house.options(f"{ISSUER}#{own}"))

    assert house.judge(made).unaltered.value is Answer.NO


def test_a_key_that_may_not_assert_signs_no_credential(house):
    document = did.document(ISSUER, {}, {"key-2025-11": proof.multikey(house.key.public_key())})

    found = house.judge(house.signed(), issuers={ISSUER: document})

    assert found.unaltered == verify.Finding(Answer.NO, Why.KEY_UNKNOWN)


def test_without_a_proof_or_with_two_there_is_no_yes(house):
    genuine = house.signed()
    bare = {name: value for name, value in genuine.items() if name != "proof"}
    bad = changed(genuine, ("proof", 0, "created"), "2025-11-10T02:00:01Z")["proof"][0]

    for document in (bare, bare | {"proof": []}, bare | {"proof": [genuine["proof"][0], bad]}):
        assert house.judge(document).unaltered == verify.Finding(Answer.NO, Why.MALFORMED)


def test_a_member_that_stands_twice_is_refused(house):
    text = json.dumps(house.signed(), ensure_ascii=False)
    twice = text.replace('"name": "培训合格证书"', '"name": "别的", "name": "培训合格证书"', 1)

    assert twice != text
    assert house.judge(twice.encode()).unaltered.value is Answer.NO


@pytest.mark.parametrize(
    ("revoked", "answer"), [((INDEX,), "no"), ((INDEX - 1, INDEX + 1), "yes"), ((), "yes")]
)
def test_one_bit_is_one_credential(house, revoked, answer):
    house.revoked = revoked

    assert house.judge(house.signed()).not_revoked.value == answer


def test_an_old_list_proves_a_revocation_and_nothing_else(house):
    old = {badge.list_address(HOST, 1): house.list(AT - timedelta(days=3))}
    assert house.judge(house.signed(), lists=old).not_revoked == verify.Finding(Answer.UNKNOWN, Why.LIST_OLD)

    house.revoked = (INDEX,)
    old = {badge.list_address(HOST, 1): house.list(AT - timedelta(days=3))}
    assert house.judge(house.signed(), lists=old).not_revoked.value is Answer.NO


def test_a_list_of_somebody_else_says_nothing(house):
    stranger = House(Ed25519PrivateKey.generate())
    forged = {badge.list_address(HOST, 1): stranger.list()}

    assert house.judge(house.signed(), lists=forged).not_revoked.why is Why.LIST_BAD
    assert house.judge(house.signed(), lists={}).not_revoked.why is Why.NO_LIST


def test_before_its_day_a_credential_is_not_in_force(house):
    found = house.judge(house.signed(), at=AT - timedelta(days=30))

    assert found.in_force == verify.Finding(Answer.NO, Why.NOT_YET)


@given(st.frozensets(st.integers(0, status.SIZE - 1), max_size=20))
def test_a_list_says_what_was_put_into_it(revoked):
    bits = status.bits(status.encoded(revoked))

    assert len(bits) * 8 == status.SIZE >= 131_072
    assert status.indexes(bits) == revoked
    assert status.encoded(revoked) == status.encoded(sorted(revoked))


def test_the_first_bit_is_the_left_most():
    assert status.bits(status.encoded([0]))[0] == 0x80


@pytest.mark.parametrize("text", ["", "u", "uH4sI", "zabc", "u" + "A" * 40, status.encoded([1])[:-8]])
def test_a_damaged_list_is_no_list(text):
    with pytest.raises(status.ListUnreadable):
        status.bits(text)


def test_a_code_is_short_signed_and_read_again(house):
    payload = compact.frozen(FACTS, host=HOST, key_id="offline-2025-11", public_id="cABC")
    text = compact.sign(payload, house.key)
    keys = {f"{HOST}#offline-2025-11": house.key.public_key()}

    found = compact.read(text, keys)

    assert len(text) < 700
    assert found.is_signed is True
    assert (found.shown.name, found.shown.number) == (FACTS.name, FACTS.number)
    assert compact.read(text, {}).is_signed is None


def test_one_changed_character_of_a_code_is_seen(house):
    text = compact.sign(
        compact.frozen(FACTS, host=HOST, key_id="offline-2025-11", public_id="cABC"), house.key
    )
    keys = {f"{HOST}#offline-2025-11": house.key.public_key()}

    for place in range(len(text)):
        other = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        found = compact.read(other, keys)
        assert found is None or found.is_signed is not True, place


def test_the_signature_of_a_code_fits_nothing_but_codes(house):
    payload = compact.frozen(FACTS, host=HOST, key_id="offline-2025-11", public_id="cABC")
    encoded = compact.sign(payload, house.key).rpartition(".")[2]
    signature = base64.urlsafe_b64decode(encoded + "==")

    house.key.public_key().verify(signature, compact.DOMAIN + payload.encode())
    with pytest.raises(InvalidSignature):
        house.key.public_key().verify(signature, payload.encode())


def test_a_shape_reads_nothing_under_another_name(house):
    proof_ = house.signed()["proof"][0]
    renamed = {("proof_value" if name == "proofValue" else name): value for name, value in proof_.items()}

    with pytest.raises(ValueError, match="proofValue"):
        shapes.Proof.read(renamed)
