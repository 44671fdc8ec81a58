import pytest

from skillhub.config import Config, SettingProblem, read


def test_settings_come_from_the_environment_before_the_file(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text("# a comment\nSKILLHUB_PROFILE=test\nSKILLHUB_WEB_WORKERS=3\n", encoding="utf-8")

    config = read({"SKILLHUB_WEB_WORKERS": "4", "PORT": "8123", "HOME": "/"}, file)

    assert (config.profile, config.web_workers, config.port) == ("test", "4", "8123")


def test_an_unknown_setting_is_named_with_those_that_there_are():
    with pytest.raises(SettingProblem, match=r"SKILLHUB_PROFIL.*SKILLHUB_PROFILE"):
        read({"SKILLHUB_PROFIL": "demo"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SKILLHUB_PROFILE", "live"),
        ("SKILLHUB_WEB_WORKERS", "0"),
        ("SKILLHUB_WEB_WORKERS", "two"),
        ("SKILLHUB_WEB_WORKERS", "²"),
        ("PORT", "99999"),
        ("PORT", "²"),
        ("PORT", "-1"),
        ("SKILLHUB_DATABASE_URL", "mysql://x"),
        ("SKILLHUB_DATABASE_URL", "sqlite:///"),
        ("SKILLHUB_DATABASE_URL", "postgresql://a@b:c/d"),
        ("SKILLHUB_DATABASE_URL", "postgresql://[/d"),
        ("SKILLHUB_DATA", "/srv/\udcff"),
        ("SKILLHUB_DATA", "/srv/\u202e"),
        ("SKILLHUB_NOW", "2025-11-10T09:00:00+08:00"),
        ("SKILLHUB_PUBLIC_URL", "http://jobs.example"),
        ("SKILLHUB_PUBLIC_URL", "ftp://jobs.example"),
        ("SKILLHUB_PUBLIC_URL", "https://[::1"),
        ("SKILLHUB_PUBLIC_URL", "https://jobs.example:999999"),
    ],
)
def test_a_setting_that_cannot_be_right_is_refused_by_name(name, value):
    with pytest.raises(SettingProblem, match=name):
        read({name: value})


@pytest.mark.parametrize(
    "value", ["yesterday", "2025-11-10T09:00:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-12:00"]
)
def test_the_clock_starts_at_an_instant_with_a_zone(value):
    with pytest.raises(SettingProblem, match="SKILLHUB_NOW"):
        read({"SKILLHUB_PROFILE": "demo", "SKILLHUB_NOW": value})


def test_a_file_with_a_line_that_is_no_setting_names_the_line(tmp_path):
    file = tmp_path / "settings.env"
    file.write_text("SKILLHUB_PROFILE=test\nnonsense\n", encoding="utf-8")

    with pytest.raises(SettingProblem, match="第2行"):
        read({}, file)


def test_a_file_that_is_no_text_is_named(tmp_path):
    file = tmp_path / "settings.env"
    file.write_bytes("SKILLHUB_PROFILE=test".encode("utf-16"))

    with pytest.raises(SettingProblem, match=r"settings\.env.*UTF-8"):
        read({}, file)


def test_production_is_what_nobody_chose_and_it_moves_no_clock():
    assert not read({}).is_movable
    assert Config(profile="demo").is_movable


def test_http_is_for_this_machine_and_https_for_everybody():
    assert not read({"SKILLHUB_PUBLIC_URL": "http://127.0.0.1:9000"}).is_https
    assert read({"SKILLHUB_PUBLIC_URL": "https://jobs.example"}).is_https
