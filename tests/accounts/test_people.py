"""Registering people: one file per person, sealed numbers, consent, and nobody of another district."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select, update

from skillhub.accounts.errors import IdentityNameDiffers
from skillhub.accounts.model import Consent, Person, Wish
from skillhub.accounts.queries import actors, people, registrations
from skillhub.accounts.rules.consents import Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import people as service
from skillhub.base.access import ANONYMOUS, Grant, Role
from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, Invalid, NotFound, Unauthenticated
from skillhub.testing.factories.accounts import filing, resident_id
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS


def wrong_fields(call) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        call()
    return {error.field: error.code for error in caught.value.errors}


@pytest.mark.parametrize("role", ["desk", "officer", "school"])
def test_a_clerk_registers_a_person_who_becomes_a_trainee(persons, role):
    clerk = getattr(persons, role)()

    done = service.file(actor=clerk.actor, filing=filing(name="李 燚", groups=("登记失业",)))

    person = people.by_handle(done.handle)
    assert done.is_new
    assert (person.name, person.groups, person.sex, person.district) == ("李燚", ("登记失业",), "女", LUNAN)
    assert actors.actor_of(person.id).grants == (Grant(Role.TRAINEE, LUNAN),)


def test_a_number_and_a_phone_stand_nowhere_in_the_database(persons, dump):
    typed = filing(phone="18899990001")

    service.file(actor=persons.desk().actor, filing=typed)

    stored = "".join(dump(table) for table in ("person", "audit_entry", "consent", "role_grant"))
    assert typed.id_number not in stored
    assert "18899990001" not in stored
    assert typed.id_number[-4:] in stored


def test_a_sealed_phone_opens_only_in_its_own_row(persons, session):
    desk = persons.desk()
    one, other = (people.by_handle(service.file(actor=desk.actor, filing=filing()).handle) for _ in range(2))
    taken = session.scalar(select(Person.phone_sealed).where(Person.id == one.id))
    with unit_of_work() as unit:
        unit.session.execute(update(Person).where(Person.id == other.id).values(phone_sealed=taken))

    assert people.phone_of(one.id)
    with pytest.raises(InvalidTag):
        people.phone_of(other.id)


def test_the_same_document_again_is_the_same_person_and_adds_the_wish(persons, session):
    desk = persons.desk()
    typed = filing(wish=WishMade("job", "保洁"))
    first = service.file(actor=desk.actor, filing=typed)

    again = service.file(
        actor=desk.actor,
        filing=filing(id_number=typed.id_number.lower(), wish=WishMade("course", "家务服务")),
    )

    assert (again.handle, again.is_new) == (first.handle, False)
    person = people.by_handle(first.handle)
    assert [wish.trade for wish in people.wishes(person.id)] == ["家务服务", "保洁"]
    assert people.phone_of(person.id) == typed.phone
    assert len(session.scalars(select(Consent).where(Consent.person_id == person.id)).all()) == 1


def test_the_same_document_under_another_name_is_refused_and_tells_no_name(persons):
    desk = persons.desk()
    typed = filing(name="周小梅")
    service.file(actor=desk.actor, filing=typed)

    with pytest.raises(IdentityNameDiffers) as caught:
        service.file(actor=desk.actor, filing=filing(name="吴小梅", id_number=typed.id_number))

    assert "周小梅" not in str(caught.value) + caught.value.text()


def test_a_couple_may_share_a_phone(persons):
    desk = persons.desk()
    shared = [service.file(actor=desk.actor, filing=filing(phone="18877776666")).handle for _ in range(2)]

    assert [view.handle for view in people.with_phone("18877776666")] == shared


def test_without_a_document_the_same_name_and_phone_are_one_person(persons):
    desk = persons.desk()
    paper = {"id_type": None, "id_number": None, "phone": "18877775555"}
    first = service.file(actor=desk.actor, filing=filing(name="冯大明", **paper))

    assert service.file(actor=desk.actor, filing=filing(name="冯大明", **paper)).handle == first.handle
    assert service.file(actor=desk.actor, filing=filing(name="冯小明", **paper)).handle != first.handle
    assert not people.has_identity(people.by_handle(first.handle).id)


def test_a_second_district_may_register_the_same_person(persons):
    typed = filing()
    first = service.file(actor=persons.desk().actor, filing=typed)

    service.file(actor=persons.desk(LIWAN).actor, filing=filing(id_number=typed.id_number, district=LIWAN))

    person = people.by_handle(first.handle)
    assert person.district == LUNAN
    assert actors.actor_of(person.id).districts(Role.TRAINEE) == {LUNAN, LIWAN}


def test_every_wrong_field_is_named_at_once_and_nothing_is_written(persons, session):
    before = session.scalars(select(Person.id)).all()

    wrong = wrong_fields(
        lambda: service.file(
            actor=TESTS,
            filing=filing(
                name="王*芳",
                id_number="500104197805120020",
                phone="023-72237676",
                groups=("",),
                consents=(),
                wish=WishMade("rest", ""),
            ),
        )
    )

    assert wrong == {
        "name": "name_masked",
        "id_number": "id_number_check",
        "phone": "phone_landline",
        "groups": "group_form",
        "wish": "wish_form",
        "consents": "consent_missing",
    }
    assert session.scalars(select(Person.id)).all() == before


def test_a_child_is_not_registered_before_the_sixteenth_birthday(persons, frozen):
    desk = persons.desk()
    born = {"id_number": resident_id(born="20091111")}

    assert wrong_fields(lambda: service.file(actor=desk.actor, filing=filing(**born))) == {
        "id_number": "too_young"
    }
    frozen.to("2025-11-11T00:00+08:00")
    assert service.file(actor=desk.actor, filing=filing(**born)).is_new


def test_a_sex_that_contradicts_the_document_is_refused(persons):
    assert wrong_fields(lambda: service.file(actor=TESTS, filing=filing(sex="男"))) == {"sex": "sex_differs"}


def test_nobody_registers_people_for_another_district(persons):
    with pytest.raises(NotFound):
        service.file(actor=persons.officer(LIWAN).actor, filing=filing())


@pytest.mark.parametrize("role", ["trainee", "trainer", "employer", "auditor", "operator"])
def test_other_roles_register_nobody(persons, role):
    with pytest.raises(Forbidden):
        service.file(actor=getattr(persons, role)().actor, filing=filing())


def test_strangers_register_nobody(district):
    with pytest.raises(Unauthenticated):
        service.file(actor=ANONYMOUS, filing=filing())


def test_what_was_done_is_audited_without_personal_data(persons, audited, dump):
    typed = filing(wish=WishMade("job", "保洁"), name="欧阳无痕")

    service.file(actor=persons.desk().actor, filing=typed)

    assert audited()[-4:] == ["person.register", "role.grant", "consent.give", "wish.register"]
    assert "欧阳无痕" not in dump("audit_entry")


def test_consents_keep_the_version_of_the_text(persons):
    done = service.file(
        actor=persons.desk().actor, filing=filing(consents=(Given("basic", "2025-10"), Given("face", "2")))
    )

    given = people.consents(people.by_handle(done.handle).id)
    assert [(each.purpose, each.text_version) for each in given] == [("basic", "2025-10"), ("face", "2")]


def test_what_was_registered_is_shown_to_the_registrars_of_the_district_only(persons):
    handle = service.file(actor=persons.desk().actor, filing=filing()).handle

    assert registrations.registration(persons.school().actor, handle).person.handle == handle
    for stranger in (persons.officer(LIWAN), persons.desk(LIWAN)):
        with pytest.raises(NotFound):
            registrations.registration(stranger.actor, handle)
    with pytest.raises(Forbidden):
        registrations.registration(persons.employer().actor, handle)
    with pytest.raises(NotFound):
        registrations.registration(persons.desk().actor, "p-nobody")


def test_another_registers_number_finds_the_person_again(persons):
    person = persons.trainee()
    with unit_of_work() as unit:
        service.add_alias_in(unit, actor=TESTS, person_id=person.person_id, register="desk-book", number="17")
        service.add_wish_in(
            unit, actor=TESTS, person_id=person.person_id, district=LUNAN, wish=WishMade("job", "保洁")
        )

    assert people.with_alias("desk-book", "17").id == person.person_id
    assert people.with_alias("desk-book", "18") is None
    with unit_of_work() as unit, pytest.raises(NotFound):
        service.add_alias_in(unit, actor=person.actor, person_id=1, register="desk-book", number="19")


def test_the_number_is_opened_for_print_only_where_it_is_known(persons):
    known, unknown = persons.trainee(), persons.trainee(has_identity=False)

    assert len(people.id_number_of(known.person_id)) == 18
    assert people.id_number_of(unknown.person_id) is None
    assert people.many([known.person_id, 0]).keys() == {known.person_id}


def test_a_phone_is_added_to_a_file_that_has_none_and_never_replaced(persons):
    desk, typed = persons.desk(), filing()
    with unit_of_work() as unit:
        person_id = service.register_in(
            unit,
            actor=TESTS,
            name=typed.name,
            id_type=typed.id_type,
            id_number=typed.id_number,
            phone=None,
            district=LUNAN,
        )

    service.file(actor=desk.actor, filing=typed)
    service.file(actor=desk.actor, filing=filing(id_number=typed.id_number, phone="18800001357"))

    assert people.phone_of(person_id) == typed.phone


def test_a_person_with_neither_document_nor_phone_is_always_new(persons):
    nothing = {"id_type": None, "id_number": None, "phone": None, "district": LUNAN}
    with unit_of_work() as unit:
        ids = {service.register_in(unit, actor=TESTS, name="冯大明", **nothing) for _ in range(2)}

    assert len(ids) == 2


def test_registering_at_a_desk_needs_a_phone_and_a_real_code_of_the_district(persons):
    assert wrong_fields(lambda: service.file(actor=TESTS, filing=filing(phone=None))) == {
        "phone": "phone_missing"
    }
    assert wrong_fields(lambda: service.file(actor=TESTS, filing=filing(district="路南"))) == {
        "district": "district_unknown"
    }


def test_a_document_finds_its_person(persons):
    person = persons.trainee()
    number = people.id_number_of(person.person_id)

    assert people.with_identity("resident_id", number).id == person.person_id
    assert people.with_identity("passport", number) is None


def test_a_wish_stands_in_its_district(persons, session):
    person = persons.trainee()
    with unit_of_work() as unit:
        service.add_wish_in(
            unit, actor=TESTS, person_id=person.person_id, district=LIWAN, wish=WishMade("both", "直播")
        )

    assert session.scalar(select(Wish.district_code).where(Wish.person_id == person.person_id)) == LIWAN
