"""The code of an organisation: eighteen characters, no look-alikes, a check character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillhub.accounts.rules import uscc
from skillhub.accounts.wrong import Wrong

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIRST = st.text(st.sampled_from(LETTERS), min_size=17, max_size=17)


@given(FIRST)
def test_a_code_with_its_check_character_is_right(first):
    code = first + uscc.check_character(first)

    assert uscc.uscc(code) == code
    assert uscc.uscc(f" {code[:9].lower()}-{code[9:]} ") == code


@given(FIRST, st.integers(0, 16), st.sampled_from(LETTERS))
def test_one_character_changed_is_always_noticed(first, place, other):
    code = first + uscc.check_character(first)
    changed = code[:place] + other + code[place + 1 :]
    if changed == code:
        return

    with pytest.raises(Wrong):
        uscc.uscc(changed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "uscc_length"),
        ("92130202MA07XY129", "uscc_length"),
        ("12330102IB0Q12347F", "uscc_letters"),
        ("92130202MA07XY129X", "uscc_check"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_reason(typed, code):
    with pytest.raises(Wrong) as caught:
        uscc.uscc(typed)

    assert caught.value.code == code
