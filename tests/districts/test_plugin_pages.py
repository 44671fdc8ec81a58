"""The switch of a plugin, on the officer's pages and by JSON."""

from __future__ import annotations

import dataclasses

import pytest

from skillhub.base.access import Role
from skillhub.base.db import unit_of_work
from skillhub.districts import queries, switches
from skillhub.districts.forms import plugins as forms
from skillhub.districts.service import districts
from skillhub.plugins import hookimpl
from skillhub.plugins.bus import Bus, Failure, Undecided
from skillhub.plugins.settings import Setting
from skillhub.testing.clients import hidden_fields, submit
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS
from tests.plugins.facts import COMPLETION

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

    assert late.status_code == 409
    assert "刚被别人改过" in late.text
    assert queries.switch(LUNAN, PLUGIN).is_on


def test_whoever_comes_second_keeps_what_was_typed_and_sees_what_the_first_saved(app, persons, monkeypatch):
    installed = catalogue_with(app, monkeypatch, Setting(key="note", kind="str", default="", help="备注"))
    path, browser = f"/office/plugins/{installed}", signed_in(app, persons.officer())
    drawn = hidden_fields(browser.get(path).text)
    submit(signed_in(app, persons.officer()), path, is_on="y", **{"settings-note": "第一位"})

    late = browser.post(path, data=drawn | {"is_on": "y", "settings-note": "第二位"})

    assert late.status_code == 409
    assert 'value="第二位"' in late.text
    assert "第一位" in late.text
    assert queries.switch(LUNAN, PLUGIN).settings == {"note": "第一位"}
    again = browser.post(path, data=hidden_fields(late.text) | {"is_on": "y", "settings-note": "第二位"})
    assert again.status_code == 302
    assert queries.switch(LUNAN, PLUGIN).settings == {"note": "第二位"}


def test_a_plugin_that_is_on_but_not_there_is_named_with_its_way_out(app, api, persons):
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin="gone_rules", is_on=True)
    officer = persons.officer()
    browser = signed_in(app, officer)

    said = switches.decide("decide_completion", district=LUNAN, **COMPLETION)
    listed = api.as_(officer, Role.OFFICER).get("/api/v1/plugins").json["items"]

    assert [(each.plugin, type(each.error)) for each in said.failures] == [("gone_rules", switches.Missing)]
    assert [each["health"] for each in listed if each["name"] == "gone_rules"] == ["missing"]
    assert "/office/plugins/gone_rules" in browser.get("/office/plugins").text
    assert "没有装上" in browser.get("/office/plugins/gone_rules").text
    assert switches.is_answered("decide_eligibility", district=LUNAN)
    assert submit(browser, "/office/plugins/gone_rules").status_code == 302
    assert not queries.switch(LUNAN, "gone_rules").is_on
    assert browser.get("/office/plugins/gone_rules").status_code == 404
    assert not isinstance(switches.decide("decide_completion", district=LUNAN, **COMPLETION), Undecided)


def test_a_hook_gets_its_settings_and_the_secret_behind_its_name(app, persons, monkeypatch, tmp_path):
    seen = []

    class Rules:
        @hookimpl
        def decide_completion(self, settings):
            seen.append(settings)

    installed = catalogue_with(app, monkeypatch, Setting(key="token", kind="secret", default="", help="密钥"))
    bus = Bus()
    bus.register(Rules(), installed)
    monkeypatch.setitem(app.extensions, "skillhub.bus", bus)
    path = tmp_path / "secrets"
    path.write_text("# 岗位接口\nLUNAN_TOKEN=t0p\n", encoding="utf-8")
    path.chmod(0o600)
    browser = signed_in(app, persons.officer())

    def ask():
        return switches.decide("decide_completion", district=LUNAN, **COMPLETION)

    ask()
    submit(browser, f"/office/plugins/{installed}", is_on="y", **{"settings-token": "LUNAN_TOKEN"})
    without = ask()
    config = dataclasses.replace(app.extensions["skillhub.config"], plugin_secrets_file=str(path))
    page = browser.get(f"/office/plugins/{installed}").text
    monkeypatch.setitem(app.extensions, "skillhub.config", config)
    ask()

    assert seen == [{"token": ""}, {"token": "t0p"}]
    assert "SKILLHUB_PLUGIN_SECRETS_FILE" in str(without.failures[0].error)
    assert "设置不全" in page
    for text, mode, said in (
        ("LUNAN_TOKEN=t0p", 0o644, "chmod 600"),
        ("OTHER=1", 0o600, "LUNAN_TOKEN is not in"),
    ):
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        assert said in str(ask().failures[0].error)
    path.unlink()
    assert "cannot be read" in str(ask().failures[0].error)
    catalogue_with(app, monkeypatch, Setting(key="other", kind="str", default="", help="别的"))
    assert "token is no setting" in str(ask().failures[0].error)
    assert len(seen) == 2


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
