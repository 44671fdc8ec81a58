"""Names: one way of writing each, rare characters kept, what is no name refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillhub.accounts.rules import names
from skillhub.accounts.wrong import Wrong

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF, exclude_characters="某")
RARE = "䶮㛃𬱖𠮷𠅤𬭎"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("王芳", "王芳"),
        (" 李 燚 ", "李燚"),
        ("李　燚", "李燚"),
        ("ＷＡＮＧ ＦＡＮＧ", "WANG FANG"),
        ("J.  Smith", "J. Smith"),
        ("Anne-Marie O'Neil", "Anne-Marie O'Neil"),
        ("José Núñez", "José Núñez"),
        ("古丽.测试", "古丽·测试"),
        ("古丽 · 测试", "古丽·测试"),
        ("虚构教师02", "虚构教师02"),
        ("赵䶮", "赵䶮"),
        ("李𬱖", "李𬱖"),
    ],
)
def test_a_name_is_kept_in_one_form(typed, kept):
    assert names.name(typed) == kept


@pytest.mark.parametrize("dot", "·•・‧．･")
def test_every_dot_becomes_the_dot_of_id_cards(dot):
    assert names.name(f"阿卜杜热西提{dot}麦麦提") == "阿卜杜热西提\u00b7麦麦提"


@given(st.text(st.one_of(HAN, st.sampled_from(RARE)), min_size=1, max_size=50))
def test_characters_of_a_name_are_never_lost_or_changed(name):
    assert names.name(name) == name
    assert names.name(" ".join(name)) == name


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_stable_name_or_refused(text):
    try:
        kept = names.name(text)
    except Wrong:
        return

    assert names.name(kept) == kept
    assert 1 <= len(kept) <= names.LONGEST


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_missing"),
        (" 　 ", "name_missing"),
        ("王*芳", "name_masked"),
        ("王＊芳", "name_masked"),
        ("王某", "name_masked"),
        ("王某某", "name_masked"),
        ("王XX", "name_masked"),
        ("王" * 51, "name_long"),
        ("王\u200b芳", "name_hidden"),
        ("王\u202e芳", "name_hidden"),
        ("王\x07芳", "name_hidden"),
        ("王\ufeff芳", "name_hidden"),
        ("<b>王芳</b>", "name_signs"),
        ("王芳😀", "name_signs"),
        ("12345", "name_signs"),
        ("·", "name_signs"),
        ("\u0301王", "name_signs"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(typed, code):
    with pytest.raises(Wrong) as caught:
        names.name(typed)

    assert caught.value.code == code


def test_fifty_characters_are_counted_as_people_count_them():
    assert names.name("𬱖" * 50) == "𬱖" * 50
