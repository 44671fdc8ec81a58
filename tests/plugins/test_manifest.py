"""A manifest says what a package is; whatever it says wrongly is refused by name."""

from __future__ import annotations

import pytest

from skillhub.plugins import PackageInvalid, manifest, settings, toml
from skillhub.plugins.errors import SecretTyped, SettingInvalid
from skillhub.plugins.settings import Setting, resolve

GOOD = """
name = "somewhere"
version = "1.0.0"
api = 1
title = "某区"
districts = ["130202"]
hooks = ["decide_completion"]
"""
SETTINGS = """
[settings.hours]
type = "int"
default = 24
help = "多少小时算旧"

[settings.notice]
type = "bool"
default = true
help = "是否提醒"

[settings.order]
type = "choice"
default = "near"
choices = ["near", "new"]
help = "排序"

[settings.note]
type = "str"
default = ""
help = "备注"
"""


def read(text):
    return manifest.read(toml.parse(text, "plugin.toml"))


def test_a_manifest_says_what_a_package_is():
    said = read(GOOD + SETTINGS)

    assert (said.name, said.version, said.title, said.title_en) == ("somewhere", "1.0.0", "某区", None)
    assert (said.districts, said.hooks) == (("130202",), ("decide_completion",))
    assert [setting.key for setting in said.settings] == ["hours", "notice", "order", "note"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("api = 1", "api = 2", "api = 2 is not spoken here; this release speaks api = 1"),
        ("api = 1", "", "needs the key api"),
        ("title =", "titel =", "needs the key title"),
        ('name = "somewhere"', 'name = "Some-where"', "lower-case"),
        ('"1.0.0"', '"1.0"', "three numbers"),
        ('["130202"]', '["13020"]', "no six-digit code"),
        ('["130202"]', '"130202"', "districts must be a list"),
        ('["130202"]', "[130202]", "districts must be a list of texts"),
        (
            '["decide_completion"]',
            '["decide_it"]',
            "there is no hook decide_it; there are allocation_plan, decide_completion",
        ),
        ('["decide_completion"]', "[]", "name at least one"),
        (
            'version = "1.0.0"',
            'version = "1.0.0"\nhomepage = "x"',
            "unknown key homepage; use one of api, name",
        ),
    ],
)
def test_a_manifest_that_says_something_wrong_is_refused_by_name(old, new, said):
    assert old in GOOD
    with pytest.raises(PackageInvalid, match=said):
        read(GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('type = "number"\ndefault = 1\nhelp = ""', "type must be one of int, str, bool, choice"),
        ('type = "int"\ndefault = "1"\nhelp = ""', "default must be a whole number"),
        ('type = "int"\ndefault = 1', "needs the key help"),
        ('type = "int"\ndefault = 1\nhelp = ""\nlabel = ""', "unknown key label"),
        ('type = "choice"\ndefault = "a"\nhelp = ""', "choices go with"),
        ('type = "int"\ndefault = 1\nhelp = ""\nchoices = ["a"]', "choices go with"),
        ('type = "choice"\ndefault = "a"\nhelp = ""\nchoices = ["b"]', "default must be one of b"),
    ],
)
def test_a_setting_that_is_declared_wrongly_is_refused(table, said):
    with pytest.raises(PackageInvalid, match=said):
        read(f"{GOOD}\n[settings.one]\n{table}")


def test_the_district_overrides_the_operator_who_overrides_the_default():
    declared = read(GOOD + SETTINGS).settings

    values = settings.resolve(declared, operator={"hours": 12, "notice": False}, district={"hours": 6})

    assert values == {"hours": 6, "notice": False, "order": "near", "note": ""}
    assert settings.resolve(declared)["hours"] == 24


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"horus": 1}, "horus: is no setting of this plugin; there are: hours, notice, order, note"),
        ({"hours": True}, "hours: must be a whole number, not True"),
        ({"hours": "6"}, "must be a whole number"),
        ({"order": "far"}, "must be one of near, new"),
        ({"note": 3}, "must be a text"),
    ],
)
def test_a_value_that_a_setting_cannot_take_is_refused_by_name(given, said):
    declared = read(GOOD + SETTINGS).settings

    with pytest.raises(SettingInvalid, match=said):
        settings.resolve(declared, district=given)


def test_a_file_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(PackageInvalid, match=r"plugin\.toml: cannot be read"):
        manifest.load(tmp_path)

    (tmp_path / "plugin.toml").write_bytes("title = '区'".encode("gb18030"))
    with pytest.raises(PackageInvalid, match="save it as UTF-8"):
        manifest.load(tmp_path)

    (tmp_path / "plugin.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(PackageInvalid, match="longer than"):
        manifest.load(tmp_path)


@pytest.mark.parametrize("name", ["", "LUNAN_TOKEN", "A_1"])
def test_a_secret_is_set_by_its_name(name):
    setting = Setting(key="token", kind="secret", default="", help="密钥")

    assert resolve((setting,), district={"token": name}) == {"token": name}


@pytest.mark.parametrize(
    "typed", ["hunter2", "sk-live_9f3d02b8", "HUNTER2", "hunter_2", "A_1\n", "A_" + "B" * 60]
)
def test_a_secret_that_was_typed_in_is_refused_and_not_repeated(typed):
    setting = Setting(key="token", kind="secret", default="", help="密钥")

    with pytest.raises(SecretTyped) as caught:
        resolve((setting,), district={"token": typed})

    assert typed not in str(caught.value)
