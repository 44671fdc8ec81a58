"""The wheel alone: in an environment that has nothing else, outside the checkout, it is the whole system."""

import os
import shutil
import subprocess
import urllib.request

import pytest

from skillhub.credentials import fonts
from tests import wheels
from tests.journeys.conftest import install

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


def test_the_wheel_demonstrates_itself_outside_the_checkout(program, tmp_path):
    made = install(tmp_path / "data", f"sqlite:///{tmp_path / 'data' / 'skillhub.sqlite'}", program=program)
    try:
        made.start("serve")
        made.start("worker")
        made.command("demo")
        made.wait_until_ready()

        assert made.command("doctor").returncode == 0
        assert "Classes open" in page(made, "/")
    finally:
        made.end()
