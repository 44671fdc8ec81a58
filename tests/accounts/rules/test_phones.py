"""Phones: a mobile number is read however it is typed, a landline is a contact and no sign-in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillhub.accounts.rules import phones
from skillhub.accounts.wrong import Wrong


@given(st.integers(3, 9), st.integers(0, 10**9 - 1))
def test_every_mobile_number_is_read_with_and_without_country_code(second, rest):
    number = f"1{second}{rest:09d}"

    for typed in (
        number,
        f"+86 {number}",
        f"0086{number}",
        f"86-{number}",
        f"{number[:3]}-{number[3:7]} {number[7:]}",
    ):
        assert phones.mobile(typed) == number


def test_full_width_digits_are_read():
    assert phones.mobile("１９９１２３４５６７８") == "19912345678"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "phone_missing"),
        ("12345678901", "phone_form"),
        ("1991234567", "phone_form"),
        ("199123456789", "phone_form"),
        ("١٩٩١٢٣٤٥٦٧٨", "phone_form"),
        ("023-72237676", "phone_landline"),
        ("0315 7654321 转 12", "phone_landline"),
    ],
)
def test_what_is_no_mobile_number_is_refused_with_its_reason(typed, code):
    with pytest.raises(Wrong) as caught:
        phones.mobile(typed)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("023-72237676", "023-72237676"),
        ("+86 199 1234 5678", "19912345678"),
        ("400-123-4567", "400-123-4567"),
        ("12333", "12333"),
        ("0315 7654321转12", "0315 7654321转12"),
    ],
)
def test_a_contact_may_be_any_number_that_can_be_dialled(typed, kept):
    assert phones.contact(typed) == kept


def test_a_contact_that_cannot_be_dialled_is_refused():
    with pytest.raises(Wrong):
        phones.contact("请微信联系")
