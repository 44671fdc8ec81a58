"""Signing in: codes that work once and not for long, limited tries, and nothing that tells who is known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from skillhub.accounts.errors import ChoosePerson, SignInFailed
from skillhub.accounts.model import Person, SignInCode, SignInFailure, SignInSession
from skillhub.accounts.queries import people, sign_ins
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import passwords, sign_in
from skillhub.accounts.service import people as people_service
from skillhub.base import clock, outbox
from skillhub.base.access import ANONYMOUS
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Invalid, NotFound, TooMany
from skillhub.testing.factories.accounts import filing, sent_code
from skillhub.testing.factories.base import TESTS

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
WRONG = "000000"
SPRING, AUTUMN = "春天的花开了 1", "秋天的叶落了 2"


def enter(phone: str, *, address: str = HERE, kind: str = sign_ins.PROGRAM, **secret: str | None):
    return sign_in.sign_in(phone=phone, address=address, kind=kind, **secret)


def coded(phone: str) -> str:
    sign_in.send_code(phone=phone)
    return sent_code(phone)


def guess(phone: str, times: int, address: str = HERE) -> None:
    for _ in range(times):
        with pytest.raises(SignInFailed):
            enter(phone, address=address, code=WRONG)


def later(table: type, column: str, by: timedelta) -> None:
    """Put everything of a column into the past, as if the real clock had gone on."""
    with unit_of_work() as unit:
        for row in unit.session.scalars(select(table)).all():
            unit.session.execute(
                update(table).where(table.id == row.id).values({column: getattr(row, column) - by})
            )


def test_a_code_lets_its_holder_in(persons):
    person = persons.trainee()

    found = enter(person.phone, code=coded(person.phone))

    assert found.handle == person.handle
    assert sign_ins.sign_in_with(found.token, sign_ins.PROGRAM).actor == person.actor


def test_a_code_works_once_however_it_is_written(persons):
    person = persons.trainee()
    code = coded(person.phone)
    enter(person.phone, code=f"{code[:3]} {code[3:]}")

    for again in (code, f" {code} ", "".join(chr(ord(digit) + 0xFEE0) for digit in code)):
        with pytest.raises(SignInFailed):
            enter(person.phone, code=again)


def test_a_used_code_takes_the_others_of_its_phone_with_it(persons):
    person = persons.trainee()
    first, second = coded(person.phone), coded(person.phone)
    enter(person.phone, code=first)

    with pytest.raises(SignInFailed):
        enter(person.phone, code=second)


def test_full_width_digits_are_a_code(persons):
    person = persons.trainee()
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in coded(person.phone))

    assert enter(person.phone, code=wide).handle == person.handle


def test_a_code_is_over_after_five_minutes(persons):
    person = persons.trainee()
    code = coded(person.phone)
    later(SignInCode, "expires_at", timedelta(minutes=LIMITS.code_minutes, seconds=1))

    with pytest.raises(SignInFailed):
        enter(person.phone, code=code)


def test_a_code_belongs_to_its_phone(persons):
    person, other = persons.trainee(), persons.trainee()
    code = coded(other.phone)

    with pytest.raises(SignInFailed):
        enter(person.phone, code=code)


def test_moving_the_demonstrations_clock_makes_no_code_last_longer(persons, frozen):
    person = persons.trainee()
    code = coded(person.phone)

    frozen.advance(days=3)

    assert enter(person.phone, code=code).expires_at > clock.real_now()


def test_unknown_phones_get_codes_too_and_nothing_more_over_the_limit(district):
    for _ in range(LIMITS.codes_per_phone + 3):
        sign_in.send_code(phone="18800009999")

    assert len(list(outbox.messages("18800009999"))) == LIMITS.codes_per_phone


def test_a_code_for_nobody_is_refused_to_programs(district):
    with pytest.raises(SignInFailed):
        enter("18800009998", code=coded("18800009998"))


def test_codes_and_tokens_stand_nowhere_in_the_database(persons, dump):
    person = persons.trainee()
    code = coded(person.phone)
    token = enter(person.phone, code=code).token

    stored = "".join(dump(table) for table in ("sign_in_code", "sign_in_session", "outbox_message"))
    assert token not in stored
    assert person.phone not in stored
    assert f"'{code}'" not in stored


def test_the_sixth_wrong_try_closes_the_account_to_that_address(persons):
    person = persons.trainee()
    code = coded(person.phone)
    guess(person.phone, LIMITS.wrong_tries_per_account)

    with pytest.raises(TooMany):
        enter(person.phone, code=code)


def test_the_owner_gets_in_from_another_address_meanwhile(persons):
    person = persons.trainee()
    code = coded(person.phone)
    guess(person.phone, LIMITS.wrong_tries_per_account)

    assert enter(person.phone, address=ELSEWHERE, code=code).handle == person.handle


def test_tries_from_several_addresses_count_together(persons):
    person = persons.trainee()
    guess(person.phone, 3)
    guess(person.phone, 3, ELSEWHERE)

    for address in (HERE, ELSEWHERE):
        with pytest.raises(TooMany):
            enter(person.phone, address=address, code=WRONG)


def test_guessing_from_everywhere_closes_the_account_to_all(persons):
    person = persons.trainee()
    code = coded(person.phone)
    for number in range(LIMITS.wrong_tries_per_account_everywhere):
        try:
            enter(person.phone, address=f"198.51.100.{number}", code=WRONG)
        except SignInFailed:
            continue

    with pytest.raises(TooMany):
        enter(person.phone, address=ELSEWHERE, code=code)


def test_unknown_accounts_are_closed_alike(district):
    guess("18800009997", LIMITS.wrong_tries_per_account)

    with pytest.raises(TooMany):
        enter("18800009997", code=WRONG)


def test_a_closed_account_opens_again(persons):
    person = persons.trainee()
    guess(person.phone, LIMITS.wrong_tries_per_account)
    later(SignInFailure, "at", timedelta(minutes=LIMITS.failures_within_minutes, seconds=1))

    assert enter(person.phone, code=coded(person.phone)).handle == person.handle


def test_a_right_try_forgives_the_wrong_ones(persons):
    person = persons.trainee()
    guess(person.phone, LIMITS.wrong_tries_per_account - 1)
    enter(person.phone, code=coded(person.phone))

    guess(person.phone, LIMITS.wrong_tries_per_account - 1)


def test_an_address_is_closed_after_a_hundred_failures_of_many_accounts(persons, session):
    person = persons.trainee()
    code = coded(person.phone)
    guess("18811110000", 1)
    place = session.scalar(select(SignInFailure.address))
    with unit_of_work() as unit:
        unit.session.add_all(
            SignInFailure(account=str(number), address=place, at=clock.real_now())
            for number in range(LIMITS.failures_per_address - 1)
        )

    with pytest.raises(TooMany):
        enter(person.phone, code=code)
    assert enter(person.phone, address=ELSEWHERE, code=code).handle == person.handle


def test_people_who_share_a_phone_say_who_they_are(persons):
    desk = persons.desk()
    one, two = (
        people_service.file(actor=desk.actor, filing=filing(name=name, phone="18866660000")).handle
        for name in ("孙小凤", "董成")
    )
    code = coded("18866660000")

    with pytest.raises(ChoosePerson) as caught:
        enter("18866660000", code=code)

    assert caught.value.persons == ((one, "孙＊凤"), (two, "董＊"))
    with pytest.raises(SignInFailed):
        enter("18866660000", code=code, person=desk.handle)
    assert enter("18866660000", code=code, person=two).handle == two


def test_a_wrong_code_does_not_say_that_a_phone_is_shared(persons):
    desk = persons.desk()
    for _ in range(2):
        people_service.file(actor=desk.actor, filing=filing(phone="18866660001"))

    guess("18866660001", 1)


def test_a_password_lets_in_the_one_whose_it_is(persons):
    desk = persons.desk()
    one, two = (
        people.by_handle(people_service.file(actor=desk.actor, filing=filing(phone="18866660002")).handle)
        for _ in range(2)
    )
    with unit_of_work() as unit:
        passwords.set_in(unit, actor=TESTS, person_id=one.id, password=SPRING)
        passwords.set_in(unit, actor=TESTS, person_id=two.id, password=AUTUMN)

    assert enter("18866660002", password=AUTUMN).handle == two.handle
    for wrong in (f"{AUTUMN} ", "春天的花", "", "x" * 129):
        with pytest.raises(SignInFailed):
            enter("18866660002", password=wrong)


def test_nobody_has_a_password_who_has_set_none(persons):
    with pytest.raises(SignInFailed):
        enter(persons.trainee().phone, password=SPRING)


def test_an_own_password_is_changed_with_the_one_that_there_is(persons, audited):
    person = persons.trainee()

    passwords.change(actor=person.actor, current=None, password=SPRING)

    assert passwords.has_one(person_id=person.person_id)
    for current in (None, "wrong"):
        with pytest.raises(SignInFailed):
            passwords.change(actor=person.actor, current=current, password=AUTUMN)
    with pytest.raises(Invalid):
        passwords.change(actor=person.actor, current=SPRING, password=f"a{person.phone}")
    passwords.change(actor=person.actor, current=SPRING, password=AUTUMN)
    assert enter(person.phone, password=AUTUMN).handle == person.handle
    assert audited().count("password.set") == 2


def test_passwords_are_kept_as_argon2id(persons, session):
    person = persons.trainee()
    passwords.change(actor=person.actor, current=None, password=SPRING)

    assert session.scalar(select(Person.password_hash)).startswith("$argon2id$")
    with pytest.raises(NotFound):
        passwords.change(actor=ANONYMOUS, current=None, password=SPRING)
    with unit_of_work() as unit, pytest.raises(NotFound):
        passwords.set_in(unit, actor=person.actor, person_id=person.person_id, password=SPRING)


def test_what_is_no_mobile_number_is_named(district):
    for call in (lambda: sign_in.send_code(phone="12345"), lambda: enter("12345", code=WRONG)):
        with pytest.raises(Invalid) as caught:
            call()
        assert caught.value.errors[0].code == "phone_form"


def test_signing_in_and_failing_leave_audit_rows(persons, audited, dump):
    person = persons.trainee()
    guess(person.phone, 1)
    token = enter(person.phone, code=coded(person.phone)).token
    sign_in.sign_out(token=token)

    assert audited()[-3:] == ["sign_in.fail", "sign_in.begin", "sign_in.end"]
    assert person.phone not in dump("audit_entry")


def test_a_sign_in_ends_by_signing_out_and_only_once(persons, audited):
    person = persons.trainee()
    token = enter(person.phone, code=coded(person.phone)).token

    sign_in.sign_out(token=token)
    sign_in.sign_out(token=token)

    assert sign_ins.sign_in_with(token, sign_ins.PROGRAM) is None
    assert audited().count("sign_in.end") == 1


@pytest.mark.parametrize(("role", "idle"), [("trainee", LIMITS.trainee_idle), ("officer", LIMITS.staff_idle)])
def test_a_sign_in_left_alone_ends_later_for_trainees_than_for_staff(persons, role, idle):
    person = getattr(persons, role)()
    token = enter(person.phone, kind=sign_ins.PAGE, code=coded(person.phone)).token
    later(SignInSession, "seen_at", idle - timedelta(seconds=5))
    view = sign_ins.sign_in_with(token, sign_ins.PAGE)
    assert sign_ins.is_stale(view)

    sign_in.keep_alive(sign_in_id=view.id)

    assert not sign_ins.is_stale(sign_ins.sign_in_with(token, sign_ins.PAGE))
    later(SignInSession, "seen_at", idle + timedelta(seconds=5))
    assert sign_ins.sign_in_with(token, sign_ins.PAGE) is None


def test_a_sign_in_ends_at_its_longest(persons):
    person = persons.officer()
    token = enter(person.phone, kind=sign_ins.PAGE, code=coded(person.phone)).token
    later(SignInSession, "expires_at", LIMITS.staff_longest + timedelta(seconds=1))

    assert sign_ins.sign_in_with(token, sign_ins.PAGE) is None


def test_a_token_of_one_kind_is_none_of_the_other(persons):
    person = persons.trainee()
    token = enter(person.phone, code=coded(person.phone)).token

    assert sign_ins.sign_in_with(token, sign_ins.PAGE) is None


def test_who_looks_alike_when_masked_is_told_apart_by_the_end_of_the_number(persons):
    desk = persons.desk()
    for name in ("董成", "董梅", "孙小凤"):
        people_service.file(actor=desk.actor, filing=filing(name=name, phone="18866660003"))
    ends = [view.id_last4 for view in people.with_phone("18866660003")]

    with pytest.raises(ChoosePerson) as caught:
        enter("18866660003", code=coded("18866660003"))

    assert [name for _handle, name in caught.value.persons] == [
        f"董＊（证件尾号{ends[0]}）",
        f"董＊（证件尾号{ends[1]}）",
        "孙＊凤",
    ]


def test_choosing_uses_the_code_up_and_a_password_shared_by_two_asks_too(persons):
    desk = persons.desk()
    one, two = (
        people.by_handle(people_service.file(actor=desk.actor, filing=filing(phone="18866660004")).handle)
        for _ in range(2)
    )
    code = coded("18866660004")
    for _ in range(3):
        with pytest.raises(ChoosePerson):
            enter("18866660004", code=code)
    assert enter("18866660004", code=code, person=one.handle).handle == one.handle
    with pytest.raises(SignInFailed):
        enter("18866660004", code=code, person=two.handle)

    with unit_of_work() as unit:
        for each in (one, two):
            passwords.set_in(unit, actor=TESTS, person_id=each.id, password=SPRING)
    with pytest.raises(ChoosePerson):
        enter("18866660004", password=SPRING)
    assert enter("18866660004", password=SPRING, person=two.handle).handle == two.handle
    with pytest.raises(SignInFailed):
        enter("18866660004", password=SPRING, person=desk.handle)
