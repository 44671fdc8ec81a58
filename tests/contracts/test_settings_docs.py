"""Every setting is documented with its default, and nothing else is."""

import re
from dataclasses import fields
from pathlib import Path

from skillhub.config import PREFIX, Config

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
LINE = re.compile(r"^\| `(?P<name>\w+)` \| (?P<default>空|`[^`]+`) \| (?P<told>.+) \|$", re.MULTILINE)


def test_the_table_names_every_setting_with_its_default():
    lines = LINE.finditer(PAGE.read_text("utf-8"))
    documented = {found["name"]: found["default"].strip("`") for found in lines}

    assert documented == {PREFIX + each.name.upper(): each.default or "空" for each in fields(Config)}


def test_the_page_speaks_of_no_setting_that_does_not_exist():
    named = set(re.findall(r"SKILLHUB_[A-Z_]+[A-Z]", PAGE.read_text("utf-8")))

    assert named == {PREFIX + each.name.upper() for each in fields(Config)}
