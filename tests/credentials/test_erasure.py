"""What is left of a certificate that its holder has given up, and how everything answers afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from skillhub.base.audit import AuditEntry
from skillhub.base.errors import NotFound
from skillhub.credentials import errors, queries, service
from skillhub.credentials.model import Credential
from skillhub.credentials.queries import credentials, issuer, judgements
from skillhub.credentials.service import lists, signing
from skillhub.testing.clients import submit
from skillhub.testing.factories.base import LIWAN
from skillhub.testing.factories.credentials import PASSED, certificates


@pytest.fixture
def made(classes):
    return classes.marked(PASSED, PASSED)


@pytest.fixture
def erased(made):
    """Return the id of a given-up certificate, and the copies that somebody still has."""
    public_id, _other = certificates(made)
    copies = credentials.published(queries.certificate(public_id).id)
    service.erase(actor=made.people[0].actor, certificate=public_id)
    service.bring_up_to_date()
    return public_id, copies


def test_the_signed_copies_are_gone_and_are_not_made_again(erased, session):
    public_id, _copies = erased
    row = session.execute(
        select(Credential.document, Credential.compact, Credential.payload).where(
            Credential.certificate_id == queries.certificate(public_id).id
        )
    ).one()

    assert tuple(row) == (None, None, "{}")
    assert signing.sign() == 0
    with pytest.raises(errors.CredentialErased):
        credentials.published(queries.certificate(public_id).id)


def test_the_list_says_for_ever_that_it_is_revoked(erased):
    _public_id, copies = erased

    assert lists.indexes_of(issuer.status_list(1)) == {copies.list_index}


@pytest.mark.parametrize("form", ["document", "compact"])
def test_a_copy_in_other_hands_is_genuine_and_revoked(erased, form):
    copy = getattr(erased[1], form)
    found = judgements.of_file(copy if isinstance(copy, bytes) else copy.encode())

    assert found.unaltered.value.value == "yes"
    assert found.not_revoked.value.value == "no"


def test_nobody_is_shown_what_it_said(client, api, erased, made):
    public_id, _copies = erased

    page = client.get(f"/verify/{public_id}")
    told = api.get(f"certificates/{public_id}")
    paper = api.as_(made.people[0]).get(f"certificates/{public_id}.pdf")

    assert "已注销" in page.text
    assert "家务服务" not in page.text
    assert made.people[0].name[0] + "*" not in page.text
    assert (told.status_code, told.json["code"]) == (409, "credential_erased")
    assert (paper.status_code, paper.json["code"]) == (409, "credential_erased")


def test_register_and_trail_keep_what_the_law_asks_for(erased, session):
    public_id, _copies = erased
    kept = queries.certificate(public_id)
    of_this = AuditEntry.subject == f"certificate:{public_id}"
    verbs = session.scalars(select(AuditEntry.verb).where(of_this).order_by(AuditEntry.id)).all()

    assert (kept.is_intact, kept.status, kept.revocation_reason) == (True, "revoked", "持证人申请注销")
    assert verbs == ["certificate.issue", "certificate.revoke", "certificate.erase"]
    facts = session.scalars(select(AuditEntry.facts).where(of_this)).all()
    assert not [each for each in facts if kept.facts.name in str(each)]


def test_others_stay_as_they_are(erased, made):
    other = queries.of_batch(made.batch_id)[1]

    assert other.is_valid
    assert credentials.published(other.id).document


def test_only_the_holder_or_an_officer_of_the_district_may(made, persons):
    public_id, _other = certificates(made)

    for stranger in (persons.trainee(), made.school, persons.officer(district=LIWAN)):
        with pytest.raises(NotFound):
            service.erase(actor=stranger.actor, certificate=public_id)
    service.erase(actor=persons.officer().actor, certificate=public_id)
    service.erase(actor=made.people[0].actor, certificate=public_id)


def test_the_command_gives_one_up(app, made):
    public_id, _other = certificates(made)

    done = app.test_cli_runner().invoke(args=["credentials", "erase", public_id])

    assert done.exit_code == 0, done.output
    assert queries.certificate(public_id).status == "revoked"


def test_an_officer_reads_what_is_kept_and_why_and_gives_it_up_for_the_holder(
    browser_of, persons, made, session
):
    public_id, _other = certificates(made)
    officer, path = browser_of(persons.officer()), f"/certificates/{public_id}/erasure"

    told = officer.get(path).text
    unchecked = submit(officer, path, asked_on="2025-11-09")
    early = submit(officer, path, asked_on="2025-11-11", is_holder="y")
    untouched = queries.certificate(public_id).status
    done = submit(officer, path, asked_on="2025-11-09", is_holder="y")

    assert "会留下的，和留下的原因" in told
    assert (unchecked.status_code, early.status_code, untouched) == (422, 422, "valid")
    assert 'value="2025-11-11"' in early.text
    assert "发证登记里留存的内容" in officer.get(done.location).text
    assert "已经注销" in officer.get(path).text
    assert credentials.is_erased(queries.certificate(public_id).id)
    noted = session.scalars(select(AuditEntry).where(AuditEntry.verb == "certificate.erase")).one()
    assert noted.facts == {"asked_on": "2025-11-09"}
