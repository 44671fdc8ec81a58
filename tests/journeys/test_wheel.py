"""The wheel alone: in an environment that has nothing else, outside the checkout, it is the whole system."""

import json
import os
import shutil
import subprocess
import urllib.request

import pytest

from skillhub.credentials import fonts
from tests import wheels
from tests.journeys.conftest import DAY, prepared

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The command of an installed wheel; skipped without a package index, which CI=true must have."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = wheels.built(wheels.copied(folder), folder)
    try:
        commands = wheels.installed(wheel, folder / "environment")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        missing = f"no package index to install the wheel's libraries from: {error}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    # Converting the fonts takes a minute and has tests of its own.
    shutil.copytree(fonts.ensure().regular.parent, folder / "environment" / "share" / "skillhub" / "fonts")
    return [str(commands / "skillhub")]


def page(installation, path, language="en"):
    asked = urllib.request.Request(installation.base + path, headers={"Accept-Language": language})
    with urllib.request.urlopen(asked, timeout=20) as answer:
        assert answer.status == 200
        return answer.read().decode()


@pytest.fixture
def two(program, tmp_path):
    """Two installations of one wheel, side by side: one for the demonstration, one for real."""
    made = []
    for name, profile in (("demonstration", "demo"), ("founded", "test")):
        folder = tmp_path / name
        url = f"sqlite:///{folder / 'skillhub.sqlite'}"
        made.append(prepared(folder, url, profile=profile, program=program))
    yield made
    for each in made:
        each.end()


def test_the_wheel_demonstrates_itself_and_founds_an_installation_beside_it(two):
    shown, founded = two
    shown.command("db", "upgrade")
    shown.command("clock", "set", DAY)
    people = [("--operator", "甲操作（虚构）", "19900009501")]
    people += [("--officer", f"{name}管理（虚构）", f"1990000950{n}") for n, name in ((2, "乙"), (3, "丙"))]
    links = founded.json(
        "init", "--district", "130202", *(word for each in people for word in each), "--json"
    )
    for each in two:
        each.start("serve")
        each.start("worker")
    shown.command("demo")
    for each in two:
        each.wait_until_ready()
        assert each.command("doctor").returncode == 0

    assert "LN-37" in page(shown, "/batches?district=130202")
    assert "LN-37" not in page(founded, "/batches?district=130202")
    assert "Classes open" in page(shown, "/")
    assert "<h1" in page(founded, "/")
    assert "/invitations/" in json.dumps(links)
