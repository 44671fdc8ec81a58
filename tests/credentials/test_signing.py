"""From a certificate to its published credential: frozen, signed, listed, handed out, revoked by one bit."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil

import pytest
from sqlalchemy import event, func, select, update

from skillhub.base import clock
from skillhub.base.db import db, unit_of_work
from skillhub.base.seal import KeyProblem
from skillhub.base.signing import require_unreadable
from skillhub.credentials import errors, keys, offline, public, queries, service
from skillhub.credentials.keys import Purpose
from skillhub.credentials.model import Certificate, Credential, IssuerKey, StatusListRow
from skillhub.credentials.queries import credentials, issuer
from skillhub.credentials.service import keeping, lists, signing
from skillhub.credentials.vc import badge, compact, did, status, verify
from skillhub.testing.factories.credentials import PASSED, certificates


def issued(made):
    """Issue as the school does, with no worker."""
    with unit_of_work() as unit:
        return [
            service.issue_in(unit, actor=made.school.actor, application_id=each)
            for each in made.application_ids
        ]


def judge(public_id):
    found = credentials.published(queries.certificate(public_id).id)
    return verify.judge(found.document, issuer.trust(), at=clock.real_now())


def values(public_id):
    return tuple(each.value.value for each in judge(public_id).findings.values())


def listed():
    return lists.indexes_of(issuer.status_list(1))


def test_a_certificate_gets_a_credential_that_says_what_it_says(classes):
    made = classes.marked(level="5")
    (public_id,) = certificates(made)
    certificate = queries.certificate(public_id)

    shown = judge(public_id).shown

    assert values(public_id) == ("yes", "yes", "yes", "yes")
    assert (shown.public_id, shown.number) == (public_id, certificate.number)
    assert shown.name == made.people[0].name
    assert shown.identity_last4 == certificate.facts.identity_last4


def test_no_digit_of_an_identity_number_but_the_last_four_is_signed(classes):
    made = classes.marked()
    (public_id,) = certificates(made)

    text = credentials.published(queries.certificate(public_id).id).document.decode()

    assert queries.certificate(public_id).facts.identity_last4 in text
    assert re.findall(r"(?<![0-9A-Za-z-])[0-9]{14,17}[0-9X](?![0-9A-Za-z-])", text) == []


def test_before_the_worker_came_the_credential_is_pending(classes):
    (public_id,) = issued(classes.marked())

    with pytest.raises(errors.CredentialPending):
        credentials.published(queries.certificate(public_id).id)
    assert credentials.waiting() == 1


def test_a_second_turn_signs_nothing_again(classes):
    certificates(classes.marked(PASSED, PASSED))
    before = db.session.execute(select(Credential.document, Credential.list_index)).all()

    assert service.bring_up_to_date() == 0

    assert db.session.execute(select(Credential.document, Credential.list_index)).all() == before


@pytest.mark.parametrize("stop_after", ["freeze", "sign", "lists"])
def test_a_worker_that_died_goes_on_with_the_same_bytes(classes, stop_after):
    issued(classes.marked(PASSED, PASSED))
    signer, offline = keeping.signer(Purpose.CREDENTIAL), keeping.signer(Purpose.OFFLINE)
    signing.freeze(signer.key_id, offline.key_id)
    if stop_after != "freeze":
        signing.sign()
    if stop_after == "lists":
        lists.renew()
    frozen = db.session.execute(select(Credential.certificate_id, Credential.payload)).all()
    with clock.frozen_at(clock.now()):
        service.bring_up_to_date()

    rows = db.session.execute(
        select(Credential.certificate_id, Credential.payload, Credential.document)
    ).all()
    assert [row[:2] for row in rows] == frozen
    for row in rows:
        bare = json.loads(row.document)
        del bare["proof"]
        assert bare == json.loads(row.payload)["document"]


def test_signing_what_was_signed_gives_the_same_bytes(classes, session):
    certificates(classes.marked(PASSED, PASSED))
    first = session.scalars(select(Credential.document).order_by(Credential.id)).all()
    with unit_of_work() as unit:
        unit.session.execute(update(Credential).values(document=None, compact=None, published_at=None))

    service.bring_up_to_date()

    assert session.scalars(select(Credential.document).order_by(Credential.id)).all() == first


def test_revoking_one_of_two_flips_exactly_one_bit(classes):
    made = classes.marked(PASSED, PASSED)
    one, other = certificates(made)
    before = listed()

    service.revoke(actor=made.school.actor, certificate=one, reason="成绩登记错误")
    service.bring_up_to_date()

    index = credentials.published(queries.certificate(one).id).list_index
    assert before == frozenset()
    assert listed() == {index}
    assert values(one) == ("yes", "yes", "yes", "no")
    assert values(other) == ("yes", "yes", "yes", "yes")


def test_what_is_revoked_before_it_is_signed_is_listed_too(classes):
    made = classes.marked()
    (public_id,) = issued(made)
    service.revoke(actor=made.school.actor, certificate=public_id, reason="成绩登记错误")

    service.bring_up_to_date()

    assert values(public_id)[3] == "no"


def test_places_on_the_list_are_never_given_twice_and_say_nothing(classes):
    certificates(classes.marked(*[PASSED] * 12))

    places = db.session.scalars(select(Credential.list_index).order_by(Credential.id)).all()

    assert len(set(places)) == 12
    assert sorted(places) != places, "the control: not in order of issue"
    assert all(0 <= each < status.SIZE for each in places)


def test_a_list_that_is_half_full_is_followed_by_a_new_one(classes):
    certificates(classes.marked())
    with unit_of_work() as unit:
        unit.session.execute(update(StatusListRow).values(used=lists.FULLEST))

    (public_id,) = certificates(classes.marked())

    assert credentials.published(queries.certificate(public_id).id).list_number == 2
    assert values(public_id) == ("yes", "yes", "yes", "yes")


def test_a_list_is_signed_anew_before_it_grows_old(classes, session):
    certificates(classes.marked())
    assert lists.renew() == 0
    with unit_of_work() as unit:
        earlier = clock.real_now() - 2 * signing.lists.listing.RENEWED_AFTER
        unit.session.execute(update(StatusListRow).values(signed_at=earlier))

    assert lists.renew() == 1


def test_facts_that_were_changed_after_the_issue_are_never_signed(classes, session):
    made = classes.marked(PASSED, PASSED)
    altered, genuine = issued(made)
    with unit_of_work() as unit:
        row = unit.session.scalar(select(Certificate).where(Certificate.public_id == altered))
        row.facts = {**row.facts, "name": "别人"}

    service.bring_up_to_date()

    assert session.scalar(select(func.count(Credential.id))) == 1
    assert values(genuine) == ("yes", "yes", "yes", "yes")
    with pytest.raises(errors.CredentialPending):
        credentials.published(queries.certificate(altered).id)


def test_statements_for_many_are_bounded_by_those_for_a_slice(classes, session):
    issued(classes.marked(*[PASSED] * 40))
    counted = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: counted.append(args[2]))

    service.bring_up_to_date()

    assert len(counted) < 60


def test_keys_lie_in_files_of_their_own_that_nobody_else_reads(classes, keys_folder):
    certificates(classes.marked())

    for purpose in Purpose:
        (key_id,) = [each.id for each in issuer.known_keys() if each.purpose is purpose]
        path = keys.path_of(keys_folder, purpose, key_id)
        assert path.stat().st_mode & 0o777 == 0o600
        assert key_id.startswith({"credential": "key-", "offline": "offline-"}[purpose])


def test_a_key_that_others_can_read_signs_nothing(classes, keys_folder):
    certificates(classes.marked())
    path = keys.path_of(keys_folder, Purpose.CREDENTIAL, keeping.signer(Purpose.CREDENTIAL).key_id)
    path.chmod(0o644)
    try:
        with pytest.raises(KeyProblem):
            keeping.signer(Purpose.CREDENTIAL)
    finally:
        path.chmod(0o600)


def test_a_key_file_that_does_not_fit_is_told_and_not_replaced(classes, session):
    certificates(classes.marked())
    with unit_of_work() as unit:
        unit.session.execute(update(IssuerKey).values(public_key=IssuerKey.public_key + "x"))

    with pytest.raises(KeyProblem):
        keeping.signer(Purpose.CREDENTIAL)


def test_a_web_process_refuses_where_it_could_read_a_key(classes, keys_folder, tmp_path):
    certificates(classes.marked())
    key = next(keys_folder.glob("credential-key-*.key"))  # beside those of other purposes
    shutil.copy(key, tmp_path)

    with pytest.raises(KeyProblem, match=key.name):
        require_unreadable(tmp_path)
    require_unreadable(tmp_path / "elsewhere")


def test_the_host_of_the_issuer_stays_after_the_first_signature(classes, app, monkeypatch):
    certificates(classes.marked())
    moved = dataclasses.replace(issuer.config(), issuer_host="moved.example")
    monkeypatch.setitem(app.extensions, "skillhub.config", moved)

    with pytest.raises(errors.IssuerMoved, match=r"moved\.example"):
        keeping.signer(Purpose.CREDENTIAL)


def test_the_code_on_paper_is_signed_by_a_key_that_signs_no_credential(classes):
    (public_id,) = certificates(classes.marked())
    text = credentials.published(queries.certificate(public_id).id).compact
    document = issuer.did_document()

    found = compact.read(text, did.named_keys(document))

    assert found.is_signed is True
    assert found.shown.public_id == public_id
    assert not any("offline" in each for each in document["assertionMethod"])


def test_the_public_folder_holds_what_strangers_need(classes, tmp_path):
    (public_id,) = certificates(classes.marked())
    document = credentials.published(queries.certificate(public_id).id).document

    assert public.write(tmp_path) == 2 + len(offline.NAMES)
    assert public.write(tmp_path) == 0

    did_json = json.loads((tmp_path / public.DID).read_bytes())
    address = badge.list_address(issuer.host(), 1)
    trust = verify.Trust(
        issuers={did_json["id"]: did_json}, lists={address: (tmp_path / public.LISTS / "1").read_bytes()}
    )
    found = verify.judge(document, trust, at=clock.real_now())
    assert {each.value.value for each in found.findings.values()} == {"yes"}


def test_programs_of_strangers_get_keys_and_lists_without_a_cookie(client, classes):
    certificates(classes.marked())

    for path, kind in (
        ("/.well-known/did.json", "application/did+json"),
        ("/credentials/status/1", "application/vc+json"),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer.mimetype) == (200, kind)
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    assert client.get("/credentials/status/2").status_code == 404


def test_the_holder_downloads_the_bytes_that_were_signed(api, classes, persons):
    made = classes.marked()
    (public_id,) = certificates(made)

    answer = api.as_(made.people[0]).get(f"certificates/{public_id}/credential")

    assert (answer.status_code, answer.mimetype) == (200, "application/vc+json")
    assert answer.data == credentials.published(queries.certificate(public_id).id).document
    assert api.get(f"certificates/{public_id}/credential").status_code == 401
    assert api.as_(persons.trainee()).get(f"certificates/{public_id}/credential").status_code == 404


def test_who_comes_too_early_is_told_when_to_come_again(api, classes):
    made = classes.marked()
    (public_id,) = issued(made)

    answer = api.as_(made.people[0]).get(f"certificates/{public_id}/credential")

    assert (answer.status_code, answer.json["code"]) == (409, "credential_pending")
    assert answer.headers["Retry-After"] == "3"
