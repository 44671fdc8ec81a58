"""The poster leads by its QR code and its short address to the page of the batch, and to nothing else."""

import re

import pytest
from sqlalchemy import select

from skillhub.base.db import db
from skillhub.courses.model import Application
from skillhub.courses.queries import applications as queries
from skillhub.courses.service import applications
from skillhub.courses.views import posters


def test_a_poster_has_the_address_in_words_and_as_a_code(client, classes):
    batch = classes.published()
    address = f"http://localhost/b/{batch.view.short_code}"

    page = client.get(f"/batches/{batch.code}/poster").text

    assert address in page
    side, dark = posters._qr(address)  # noqa: SLF001 (what is drawn is the code of this very address)
    assert dark in page
    assert len(re.findall("M", dark)) > side


def test_the_short_address_shows_the_batch_however_it_is_typed(client, classes):
    batch = classes.published()

    for typed in (batch.view.short_code, batch.view.short_code.upper()):
        answer = client.get(f"/b/{typed}")
        assert answer.status_code == 200
        assert batch.code in answer.text


@pytest.mark.parametrize("path", ["/b/nobody", "/batches/{code}/poster"])
def test_before_a_batch_is_public_there_is_nothing_to_scan(client, classes, path):
    draft = classes.published(is_published=False)

    assert client.get(path.format(code=draft.code)).status_code == 404


def test_an_invitation_is_written_down_and_changes_nothing_in_the_order(classes, persons):
    batch = classes.published(seats=1)
    classes.enrol(batch, 1)
    friend = persons.trainee()

    receipt = applications.apply(actor=friend.actor, batch=batch.code, channel="网页", invite="a1b2c3")

    view = queries.application(receipt)
    assert (view.state, view.order_no, view.position) == ("waitlisted", 2, 1)
    kept = select(Application.invite).where(Application.receipt == receipt)
    assert db.session.scalar(kept) == "a1b2c3"
