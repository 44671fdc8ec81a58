"""What happens when several do the same at once: a code lets in once, a document is one person."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from skillhub.accounts.errors import SignInFailed
from skillhub.accounts.model import Person, SignInSession
from skillhub.accounts.queries import people, sign_ins
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import grants, registering, sign_in
from skillhub.accounts.service import people as service
from skillhub.app import create_app
from skillhub.base import clock
from skillhub.base.db import db
from skillhub.base.errors import SkillHubError
from skillhub.config import Config
from skillhub.testing.factories.accounts import filing, sent_code
from skillhub.testing.factories.base import LUNAN, Persons, make_districts
from skillhub.testing.pytest_plugin import DAY

AT_ONCE = 6


@pytest.fixture
def shared(database_url, work_folder, keys_folder):
    """An application on a database of its own, where several threads really commit."""
    config = Config(profile="test", data=str(work_folder), keys=str(keys_folder), database_url=database_url)
    app = create_app(config, inline_work=True)
    with app.app_context(), clock.frozen_at(DAY):
        db.create_all()
        make_districts()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def at_once(shared) -> Callable[[Callable[[int], object]], list[object]]:
    """Let several threads act at the same moment; return what each answered, or its error."""

    def race(act: Callable[[int], object]) -> list[object]:
        start, answers = threading.Barrier(AT_ONCE), []

        def one(number: int) -> None:
            with shared.app_context(), clock.frozen_at(DAY):
                start.wait()
                try:
                    answers.append(act(number))
                except SkillHubError as error:
                    answers.append(error)
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        db.session.rollback()
        return answers

    return race


def test_of_those_who_use_a_code_at_once_one_gets_in(shared, at_once):
    person = Persons(LUNAN).trainee()
    sign_in.send_code(phone=person.phone)
    code = sent_code(person.phone)

    answers = at_once(
        lambda number: sign_in.sign_in(
            phone=person.phone, address=f"192.0.2.{number}", kind=sign_ins.PAGE, code=code
        )
    )

    assert len([answer for answer in answers if isinstance(answer, sign_in.SignedInAs)]) == 1
    assert {type(answer) for answer in answers} == {sign_in.SignedInAs, SignInFailed}
    assert db.session.scalar(select(func.count()).select_from(SignInSession)) == 1


def test_guesses_at_once_get_no_more_tries_than_one_after_another(shared, at_once):
    person = Persons(LUNAN).trainee()
    for _ in range(LIMITS.wrong_tries_per_account - 1):
        with pytest.raises(SignInFailed):
            sign_in.sign_in(phone=person.phone, address="192.0.2.1", kind=sign_ins.PAGE, code="000000")

    answers = at_once(
        lambda _: sign_in.sign_in(phone=person.phone, address="192.0.2.1", kind=sign_ins.PAGE, code="000000")
    )

    assert len([answer for answer in answers if isinstance(answer, SignInFailed)]) <= 1


def test_a_document_registered_at_once_at_several_desks_is_one_person(shared, at_once):
    desk, typed = Persons(LUNAN).desk(), filing()

    answers = at_once(lambda _: service.file(actor=desk.actor, filing=typed))

    assert len({answer.handle for answer in answers}) == 1
    assert sorted(answer.is_new for answer in answers) == [False] * (AT_ONCE - 1) + [True]
    assert len(people.with_phone(typed.phone)) == 1


def test_a_ticket_registers_once(shared, at_once):
    sign_in.send_code(phone="18800001234")
    found = sign_in.sign_in(
        phone="18800001234", address="192.0.2.1", kind=sign_ins.PAGE, code=sent_code("18800001234")
    )
    before = db.session.scalar(select(func.count()).select_from(Person))

    answers = at_once(lambda _: registering.register(ticket=found.ticket, filing=filing()))

    codes = sorted(getattr(answer, "code", "in") for answer in answers)
    assert codes == ["in"] + ["registration_expired"] * (AT_ONCE - 1)
    assert db.session.scalar(select(func.count()).select_from(Person)) == before + 1


def test_a_role_given_at_once_is_held_once(shared, at_once):
    persons = Persons(LUNAN)
    officer, person = persons.officer(), persons.trainee()

    answers = at_once(
        lambda _: grants.give(actor=officer.actor, person=person.handle, role="desk", district=LUNAN)
    )

    assert len(set(answers)) == 1
