"""Set-up: locks, commands, what a wheel carries, and one line instead of a stack trace."""

from __future__ import annotations

import configparser
import gettext
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import wheels

ROOT = Path(__file__).parents[2]
COMMANDS = ("bin/run", "bin/test", "bin/check", ".ci/run")
FRENCH = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "报名"\nmsgstr "Inscription"\n'
)


def pins(name: str) -> dict[str, str]:
    lock = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", lock, flags=re.MULTILINE))


def wanted(*extras: str) -> list[Requirement]:
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = [settings["options"]["install_requires"]]
    lines += [settings["options.extras_require"][extra] for extra in extras]
    texts = [line.partition("#")[0].strip() for line in "\n".join(lines).splitlines()]
    return [Requirement(text) for text in texts if text]


@pytest.mark.parametrize(
    ("lock", "extras"), [("requirements.lock", ["build"]), ("requirements-test.lock", ["build", "test"])]
)
def test_a_lock_holds_everything_that_setup_cfg_asks_for(lock, extras):
    pinned = pins(lock)

    for requirement in wanted(*extras):
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert requirement.specifier.contains(pinned[name]), name


def test_every_locked_file_has_a_hash():
    for lock in ("requirements.lock", "requirements-test.lock"):
        blocks = re.split(r"\n(?=\S)", (ROOT / lock).read_text(encoding="utf-8"))
        assert len(blocks) == len(pins(lock))
        assert all("--hash=sha256:" in block for block in blocks)


def test_tests_run_with_the_versions_that_users_run():
    tested = pins("requirements-test.lock")

    assert pins("requirements.lock").items() <= tested.items()


def test_the_table_of_third_parties_is_up_to_date():
    written = runpy.run_path(str(ROOT / "bin" / "third_party.py"))["table"]()

    assert (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8") == written


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_a_few_lines_that_anyone_may_start(name):
    path = ROOT / name

    assert os.access(path, os.X_OK)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 25
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


def test_continuous_integration_runs_the_check():
    assert "bin/check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_what_set_up_and_use_leave_behind_is_not_committed():
    names = [
        ".venv/x",
        "var/skillhub.db",
        "skillhub.egg-info/x",
        "translations/en/LC_MESSAGES/messages.mo",
        "build/x",
    ]

    ignored = subprocess.run(
        ["git", "check-ignore", *names], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ignored.stdout.split() == names


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel of what is committed, with one catalogue more."""
    folder = tmp_path_factory.mktemp("wheel")
    checkout = wheels.copied(folder)
    french = checkout / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    french.parent.mkdir(parents=True)
    french.write_text(FRENCH, encoding="utf-8")
    with zipfile.ZipFile(wheels.built(checkout, folder)) as opened:
        yield opened


class TestTheWheel:
    def test_carries_every_file_that_the_packages_need(self, wheel):
        carried = set(wheel.namelist())

        for path in wheels.committed_files("skillhub", "plugins_contrib"):
            if path.parts[0] == "plugins_contrib" and "tests" in path.parts:
                continue
            expected = path.with_suffix(".mo") if path.suffix == ".po" else path
            assert str(expected) in carried

    def test_carries_the_catalogues_compiled(self, wheel):
        with wheel.open("skillhub/translations/fr/LC_MESSAGES/messages.mo") as compiled:
            assert gettext.GNUTranslations(compiled).gettext("报名") == "Inscription"
        for source in wheels.committed_files("translations"):
            assert str("skillhub" / source.with_suffix(".mo")) in wheel.namelist()

    def test_carries_no_tests_and_no_tools(self, wheel):
        tops = {name.split("/")[0] for name in wheel.namelist()}

        assert {name for name in tops if not name.endswith(".dist-info")} <= {"skillhub", "plugins_contrib"}

    def test_brings_the_command_and_the_test_kit(self, wheel):
        (declared,) = (name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
        lines = wheel.read(declared).decode().splitlines()
        assert "skillhub = skillhub.command:main" in lines
        assert "skillhub.testing.pytest_plugin = skillhub.testing.pytest_plugin" in lines

    def test_declares_the_licence_that_it_carries(self, wheel):
        (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        lines = wheel.read(metadata).decode().splitlines()
        assert {"License: Apache-2.0", "License-Expression: Apache-2.0"} & set(lines)
        assert any(name.endswith("/LICENSE") for name in wheel.namelist())


class TestTheBootstrap:
    @pytest.fixture
    def checkout(self, tmp_path):
        """A checkout without an environment, whose lock names a package that is nowhere."""
        shutil.copytree(ROOT / "bin", tmp_path / "bin")
        shutil.copyfile(ROOT / "setup.cfg", tmp_path / "setup.cfg")
        for lock in ("requirements.lock", "requirements-test.lock"):
            (tmp_path / lock).write_text(f"nowhere==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
        return tmp_path

    def run(self, checkout, *, before="", level="run", **settings):
        script = str(checkout / "bin" / "bootstrap.py")
        prepare = f"import runpy, sys; sys.argv = [{script!r}, {level!r}]; {before}"
        code = f"{prepare}\nrunpy.run_path({script!r}, run_name='__main__')"
        return subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=os.environ | settings,
        )

    def test_an_old_python_is_told_so_in_one_line(self, checkout):
        done = self.run(checkout, before="sys.version_info = (3, 10, 2)")

        assert done.returncode == 1
        assert done.stderr == (
            "set-up: Python 3.10 is too old, SkillHub needs 3.11 or newer; install one and name it: "
            "PYTHON=python3.12 bin/run\n"
        )

    def test_a_python_without_environments_is_told_which_package_to_install(self, checkout):
        done = self.run(checkout, before="sys.modules['ensurepip'] = None")

        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert f"apt-get install python3.{sys.version_info.minor}-venv" in done.stderr
        assert not (checkout / ".venv").exists()

    def test_a_package_that_cannot_be_had_ends_with_the_command_to_repeat(self, checkout):
        done = self.run(checkout, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(checkout), PIP_CONFIG_FILE=os.devnull)

        last = done.stderr.splitlines()[-1]
        assert done.returncode == 1
        assert "No matching distribution found for nowhere==1.0" in last
        assert f"pip install --quiet --require-hashes -r {checkout / 'requirements.lock'}" in last
        assert "Traceback" not in done.stderr
        assert not (checkout / ".venv" / "skillhub-setup.json").exists()

    def test_a_level_that_does_not_exist_is_wrong_usage(self, checkout):
        done = self.run(checkout, level="everything")

        assert (done.returncode, done.stderr) == (2, "usage: bootstrap.py [run | test]\n")

    def test_a_second_call_does_nothing_and_says_nothing(self):
        stamp = Path(sys.prefix) / "skillhub-setup.json"
        if not stamp.exists() or json.loads(stamp.read_text(encoding="utf-8")).get("root") != str(ROOT):
            pytest.skip("this environment was not made by bin/bootstrap.py; bin/test makes it")

        done = self.run(ROOT)

        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
