"""The switch of a plugin, on the officer's pages and by JSON."""

from __future__ import annotations

import dataclasses

import pytest

from skillhub.base.access import Role
from skillhub.districts import queries, switches
from skillhub.districts.forms import plugins as forms
from skillhub.plugins.bus import Failure
from skillhub.plugins.settings import Setting
from skillhub.testing.clients import submit
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN

PLUGIN = "tangshan_lunan"
PATH = f"/api/v1/districts/{LUNAN}/plugins/{PLUGIN}"


def test_the_officer_sees_what_is_on_and_what_failed(app, persons):
    switches.note([Failure(PLUGIN, "decide_subsidy", TimeoutError("50 ms"))], district=LUNAN)
    browser = signed_in(app, persons.officer())

    page, detail = browser.get("/office/plugins").text, browser.get(f"/office/plugins/{PLUGIN}").text

    assert "已启用" in page
    for shown in (page, detail):
        assert "TimeoutError: 50 ms" in shown
    assert signed_in(app, persons.desk()).get("/office/plugins").status_code == 403
    assert browser.get("/office/plugins/nowhere").status_code == 404


@pytest.mark.parametrize(("language", "title"), [("zh", "杭州市上城区"), ("en", "Shangcheng, Hangzhou")])
def test_the_packages_are_named_in_the_readers_language(app, persons, language, title):
    browser = signed_in(app, persons.officer())
    browser.get(f"/language/{language}")

    assert title in browser.get("/office/plugins").text
    assert f"<h1>{title}</h1>" in browser.get("/office/plugins/hangzhou_shangcheng").text


def test_the_officer_switches_a_plugin_off_on_its_page(app, persons):
    browser = signed_in(app, persons.officer())

    done = submit(browser, f"/office/plugins/{PLUGIN}")

    assert done.status_code == 302
    assert not queries.switch(LUNAN, PLUGIN).is_on
    assert "已保存" in browser.get(done.location).text
    submit(browser, f"/office/plugins/{PLUGIN}", is_on="y")
    assert queries.switch(LUNAN, PLUGIN).is_on


def test_a_page_that_was_overtaken_changes_nothing(app, persons):
    browser = signed_in(app, persons.officer())

    late = submit(browser, f"/office/plugins/{PLUGIN}", version="7")

    assert "刚被别人改过" in browser.get(late.location).text
    assert queries.switch(LUNAN, PLUGIN).is_on


def test_settings_become_fields_of_their_kinds(app):
    settings = (
        Setting(key="pass_mark", kind="int", default=60, help="及格分"),
        Setting(key="strict", kind="bool", default=False, help="从严"),
        Setting(key="mode", kind="choice", default="a", help="方式", choices=("a", "b")),
        Setting(key="key_name", kind="str", default="", help="密钥名"),
    )
    with app.test_request_context(
        method="POST", data={"settings-pass_mark": "70", "settings-mode": "b", "settings-key_name": "X"}
    ):
        form = forms.switch_form(settings)(data=forms.filled({"strict": True}, settings))

        assert forms.typed(form, settings) == {"pass_mark": 70, "strict": False, "mode": "b", "key_name": "X"}


def test_a_program_lists_and_switches_plugins(api, persons):
    officer = api.as_(persons.officer(), Role.OFFICER)
    listed = officer.get("/api/v1/plugins").json["items"]
    (plugin,) = (each for each in listed if each["name"] == PLUGIN)
    now = officer.get(PATH).json

    done = officer.put(PATH, {"enabled": False, "settings": {}, "version": now["version"]})

    assert set(plugin) == {"name", "version", "api", "on", "health", "last_failure"}
    assert plugin["on"] == [LUNAN]
    assert done.status_code == 200
    assert done.json == now | {"enabled": False, "version": now["version"] + 1}
    late = officer.put(PATH, {"enabled": True, "settings": {}, "version": now["version"]})
    assert (late.status_code, late.json["code"]) == (409, "version_conflict")


def test_the_last_failure_is_told_to_programs(api, persons):
    switches.note([Failure(PLUGIN, "decide_subsidy", TimeoutError("50 ms"))], district=LUNAN)

    listed = api.as_(persons.auditor(), Role.AUDITOR).get("/api/v1/plugins").json["items"]

    (plugin,) = (each for each in listed if each["name"] == PLUGIN)
    assert plugin["health"] == "failing"
    assert plugin["last_failure"]["error"] == "TimeoutError: 50 ms"


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"enabled": True, "settings": {}}, 422),
        ({"enabled": "yes", "settings": {}, "version": 1}, 400),
        ({"enabled": True, "settings": {"nonsense": 1}, "version": 1}, 422),
    ],
)
def test_a_switch_that_cannot_be_right_is_refused(api, persons, typed, status):
    assert api.as_(persons.officer(), Role.OFFICER).put(PATH, typed).status_code == status


def test_others_do_not_switch(api, persons):
    typed = {"enabled": False, "settings": {}, "version": 1}

    assert api.as_(persons.officer(LIWAN), Role.OFFICER).put(PATH, typed).status_code == 404
    assert api.as_(persons.desk(), Role.DESK).put(PATH, typed).status_code == 403
    assert api.put(PATH, typed).status_code == 401
    officer = api.as_(persons.officer(), Role.OFFICER)
    assert officer.put(f"/api/v1/districts/{LUNAN}/plugins/nowhere", typed).status_code == 404


def test_a_secret_typed_into_the_settings_is_refused_and_kept_nowhere(app, persons, monkeypatch):
    installed = catalogue_with(
        app, monkeypatch, Setting(key="token", kind="secret", default="", help="岗位接口密钥")
    )
    browser = signed_in(app, persons.officer())

    wrong = submit(browser, f"/office/plugins/{installed}", is_on="y", **{"settings-token": "sk-9f3d02b8"})
    right = submit(browser, f"/office/plugins/{installed}", is_on="y", **{"settings-token": "LUNAN_TOKEN"})

    assert wrong.status_code == 422
    assert "这里只填密钥的名字" in wrong.text
    assert right.status_code == 302
    assert queries.switch(LUNAN, PLUGIN).settings == {"token": "LUNAN_TOKEN"}


def catalogue_with(app, monkeypatch, setting):
    """Give the district's plugin a setting of a test's own."""
    loaded = app.extensions["skillhub.plugins"]
    changed = tuple(
        dataclasses.replace(each, manifest=dataclasses.replace(each.manifest, settings=(setting,)))
        if each.manifest.name == PLUGIN
        else each
        for each in loaded.plugins
    )
    monkeypatch.setitem(app.extensions, "skillhub.plugins", loaded._replace(plugins=changed))
    return PLUGIN
