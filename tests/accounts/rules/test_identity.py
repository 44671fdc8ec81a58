"""Documents: what can be right is taken, and each thing that cannot be right has its own reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillhub.accounts.rules import identity
from skillhub.accounts.rules.identity import IdType
from skillhub.accounts.wrong import Wrong

TODAY = date(2025, 11, 10)
PROVINCES = ("11", "13", "33", "44", "50", "51", "65", "81", "83")


def read(number: str, kind: str = "resident_id") -> identity.Identity:
    return identity.identity(kind, number, today=TODAY)


def refused(number: str, kind: str = "resident_id") -> str:
    with pytest.raises(Wrong) as caught:
        read(number, kind)
    return caught.value.code


@st.composite
def numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1930, 1, 1), TODAY))
    place = draw(st.sampled_from(PROVINCES)) + f"{draw(st.integers(0, 9999)):04d}"
    first = f"{place}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first + identity.check_character(first)


@given(numbers())
def test_a_number_with_a_right_check_character_tells_birth_and_sex(number):
    found = read(number)

    assert found.number == number
    assert f"{found.birth_on:%Y%m%d}" == number[6:14]
    assert found.sex == ("男" if int(number[16]) % 2 else "女")


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_digit_changed_is_always_noticed(number, place, step):
    changed = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    with pytest.raises(Wrong):
        read(changed)


@given(numbers(), st.integers(0, 15))
def test_two_neighbours_exchanged_are_always_noticed(number, place):
    exchanged = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if exchanged == number:
        return

    with pytest.raises(Wrong):
        read(exchanged)


def test_spaces_full_width_digits_and_a_small_x_are_read_as_meant():
    assert read("５００１０４ 19780512 001x").number == "50010419780512001X"


def test_a_withdrawn_county_stays_in_the_number_for_life():
    assert read("140402196911100030").birth_on == date(1969, 11, 10)


def test_the_prefixes_of_hong_kong_macao_taiwan_and_foreigners_are_known():
    assert read("830000199202020014").sex == "男"
    assert read("830000199202020014", "港澳台居民居住证").id_type is IdType.RESIDENCE_PERMIT
    foreigner = "91115619900101" + "001"
    assert read(foreigner + identity.check_character(foreigner), "foreigner_id").birth_on == date(1990, 1, 1)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "id_number_missing"),
        ("  ", "id_number_missing"),
        ("50010419780512002", "id_number_length"),
        ("5001041978051200288", "id_number_length"),
        ("50010419780512X028", "id_number_length"),
        ("5.00104E+17", "id_number_lost"),
        ("500104780512002", "id_number_old"),
        ("000104197805120028", "id_number_prefix"),
        ("990104197805120028", "id_number_check"),
        ("330102198502290011", "id_number_birth"),
        ("330102188902280011", "id_number_birth"),
        ("330102202602280011", "id_number_birth"),
        ("500104197805120020", "id_number_check"),
        ("५००१०४१९७८०५१२००२८", "id_number_length"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_reason(number, code):
    assert refused(number) == code


def test_a_residence_permit_begins_with_its_own_prefixes():
    assert refused("500104197805120028", "residence_permit") == "id_number_permit"


@pytest.mark.parametrize(
    ("kind", "number", "kept"),
    [
        ("passport", "e 1234 5678", "E12345678"),
        ("护照", "Ｅ12345678", "E12345678"),
        ("台胞证", "01234567", "01234567"),
        ("travel_permit", "H0123456789"[:9], "H01234567"),
        ("军官证", "军字第1234567号", "军字第1234567号"),
        ("foreigner_id", "FRA110080010101", "FRA110080010101"),
    ],
)
def test_other_documents_are_read_by_their_form(kind, number, kept):
    found = read(number, kind)

    assert found.number == kept
    assert found.last4 == kept[-4:]
    assert found.birth_on is None
    assert found.sex is None


def test_another_documents_wrong_form_is_refused():
    assert refused("12", "passport") == "id_number_form"
    assert refused("ABC", "台胞证") == "id_number_form"


def test_an_unknown_kind_of_document_is_refused():
    assert refused("1", "学生证") == "id_type_unknown"


def test_each_kind_has_a_name_by_which_it_is_found():
    assert {identity.id_type(name) for name in identity.NAMES.values()} == set(IdType)
