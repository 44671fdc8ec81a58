"""Ages, passwords, codes, consents, wishes and limits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillhub.accounts.rules import ages, bearer, consents, passwords, wishes
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.wrong import Wrong


def refused(rule) -> str:
    with pytest.raises(Wrong) as caught:
        rule()
    return caught.value.code


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2009, 11, 10), date(2025, 11, 9), 15),
        (date(2009, 11, 10), date(2025, 11, 10), 16),
        (date(1965, 12, 31), date(2025, 12, 30), 59),
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
    ],
)
def test_age_goes_by_the_birthday(born, on, years):
    assert ages.age(born, on) == years


@pytest.mark.parametrize("length", [8, 64, 128])
def test_a_password_may_be_short_or_long_and_is_kept_byte_for_byte(length):
    typed = ("密码 Ab" * 40)[:length]

    assert passwords.password(typed, phone=None) == typed


def test_a_password_that_cannot_be_taken_is_refused_with_its_reason():
    assert refused(lambda: passwords.password("abc1234", phone=None)) == "password_short"
    assert refused(lambda: passwords.password("a" * 129, phone=None)) == "password_long"


@pytest.mark.parametrize(
    "typed", ["12345678", "Password", "abababab", "qwertyui", "x19912345678", "SkillHub"]
)
def test_passwords_that_are_tried_first_are_refused(typed):
    assert refused(lambda: passwords.password(typed, phone="19912345678")) == "password_known"


def test_codes_have_six_digits_and_are_never_guessed_from_the_last():
    codes = {bearer.code(6) for _ in range(200)}

    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 150


@given(st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_a_code_is_read_with_spaces_and_full_width_digits(code):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)

    assert bearer.typed_code(f" {code[:3]} {code[3:]} ") == code
    assert bearer.typed_code(wide) == code


def test_tokens_have_256_bits_and_their_hash_does_not_contain_them():
    token = bearer.access_token()

    assert token.startswith("sh_")
    assert len(token) >= 3 + 43
    assert len(bearer.kept(token)) == 64
    assert token not in bearer.kept(token)
    assert bearer.access_token() != token


def test_a_consent_names_purpose_and_version():
    assert consents.given("basic", " 2025-10 ").text_version == "2025-10"
    assert refused(lambda: consents.given("Basic!", "1")) == "consent_form"
    assert refused(lambda: consents.given("basic", " ")) == "consent_form"
    assert refused(lambda: consents.given("basic", "v" * 41)) == "consent_form"


def test_a_wish_has_a_known_kind_and_a_trade():
    assert wishes.wish(WishMade("both", "家务服务")).trade == "家务服务"
    assert refused(lambda: wishes.wish(WishMade("rest", "家务服务"))) == "wish_form"
    assert refused(lambda: wishes.wish(WishMade("job", " "))) == "trade_form"


def test_group_tags_are_kept_once_each():
    assert wishes.groups(("登记失业", " 登记失业", "残疾人")) == ("登记失业", "残疾人")
    assert refused(lambda: wishes.groups(("",))) == "group_form"
    assert refused(lambda: wishes.groups(tuple(str(number) for number in range(21)))) == "group_form"


def test_staff_are_signed_out_sooner_than_trainees():
    assert LIMITS.idle(["trainee"]) == timedelta(days=7)
    assert LIMITS.idle(["trainee", "desk"]) == timedelta(minutes=30)
    assert LIMITS.longest(["officer"]) < LIMITS.longest(["trainee"])
    assert LIMITS.code_minutes <= 5
