"""What authors have: a check that says file, line and what to do, a scaffold that passes it, and a kit."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner

from skillhub.command import main
from skillhub.courses.queries import applications as application_queries
from skillhub.courses.service import applications
from skillhub.districts import switches
from skillhub.plugins import Bus, RemovedInApi2, discover, hookimpl, removals
from skillhub.plugins import hooks as hook_reader
from skillhub.plugins.authoring import checking, scaffold
from skillhub.plugins.authoring.findings import Rule
from skillhub.plugins.markers import hookspec
from skillhub.plugins.workers import Pool
from skillhub.testing import kit
from skillhub.testing.factories.applications import Classes
from tests.plugins.facts import COMPLETION

TITLE = "路北区"
DISTRICT = "130203"


def made(into, name="lubei_town", *, with_code=False):
    """Write the scaffold and return the folder of its package."""
    scaffold.write(name, into=into, district=DISTRICT, title=TITLE, with_code=with_code)
    return into / name / name


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def found(folder):
    return [(each.file, each.line, each.rule, each.message) for each in checking.check(folder).findings]


@pytest.mark.parametrize(
    "folder", [each.folder for each in discover.candidates()], ids=lambda each: each.name
)
def test_every_package_of_ours_passes_the_check_without_a_remark(folder):
    report = checking.check(folder, present=discover.candidates())

    assert (report.findings, report.rights.rating, report.fits) == ((), 1, True)
    assert report.turned


def test_the_scaffold_passes_its_check_with_and_without_code(tmp_path):
    for name, with_code, rating, number in (("only_data", False, 1, 4), ("with_code", True, 2, 7)):
        report = checking.check(made(tmp_path, name, with_code=with_code))

        assert (report.findings, report.rights.rating) == ((), rating)
        assert len(report.turned) == number


WRONG_DATA = {
    "api": ("plugin.toml", "api = 1", "api = 2", 3, Rule.MANIFEST, "this release speaks api = 1"),
    "key": (
        "plugin.toml",
        "api = 1",
        "api = 1\nauthor = 'x'",
        4,
        Rule.MANIFEST,
        "unknown key author; use one",
    ),
    "name": ("plugin.toml", '"lubei_town"', '"other"', 1, Rule.NAME, "the folder lubei_town; give both one"),
    "hook": ("plugin.toml", '["decide', '["no_hook", "decide', 7, Rule.MANIFEST, "there is no hook no_hook"),
    "hooks": (
        "plugin.toml",
        '["decide',
        '["allocation_plan", "decide',
        1,
        Rule.LOADS,
        "answers decide_subsidy",
    ),
    "toml": ("plugin.toml", "api = 1", "api 1", 3, Rule.MANIFEST, "is not TOML"),
    "fact": ("rules.toml", "minutes_present * 100", "m_present * 100", 8, Rule.RULES, "undeclared reference"),
    "round": ("rules.toml", 'round = "down"', 'round = "even"', 10, Rule.RULES, "round must be one of"),
    "source": ("parameters.toml", 'source = "示例，非官方标准"', "", 3, Rule.RULES, "needs the key source"),
    "unused": ("translations/en.toml", '"出勤', '"缺勤', 2, Rule.TRANSLATIONS, "no rule has the text"),
    "english": ("translations/en.toml", '"出勤', '"缺勤', 6, Rule.TRANSLATIONS, "has no English; add it"),
    "sum": ("cases.toml", "48_000", "48_001", 12, Rule.CASES, "'amount_fen': 48000}"),
    "case key": ("cases.toml", "unmet = []", "unmte = []", 16, Rule.CASES, "unknown key unmte"),
    "without": (
        "cases.toml",
        "facts.on = 2026-01-01",
        'without = ["on.x"]',
        31,
        Rule.CASES,
        "no on.x to leave out",
    ),
    "case hook": ("cases.toml", '"decide_subsidy"', '"decide"', 14, Rule.CASES, "there is no hook decide"),
    "docstring": ("__init__.py", '"""', "x = 1  # ", 1, Rule.README, "with a docstring"),
}
MARKS, MARK, NONE = "(marks: Marks)", "PASS_MARK = 60", "return None"
WRONG_CODE = {
    "argument": (MARKS, "(mark)", 9, Rule.HOOKS, "has no argument mark; name only those that you need of"),
    "starred": (MARKS, "(marks: Marks, **more)", 9, Rule.HOOKS, "leave out the starred argument more"),
    "order": ("@hookimpl", "@hookimpl(tryfirst=True)", 9, Rule.HOOKS, "leave out tryfirst"),
    "wrapper": ("@hookimpl", "@hookimpl(wrapper=True)", 9, Rule.HOOKS, "leave out wrapper"),
    "no hook": ("def decide_completion", "def decide_completions", 9, Rule.HOOKS, "there is no such hook"),
    "async": ("def decide", "async def decide", 9, Rule.HOOKS, "write def"),
    "framework": (MARK, "import flask", 5, Rule.IMPORTS, "flask is not for plugins"),
    "ours": (MARK, "from skillhub.base import clock", 5, Rule.IMPORTS, "skillhub.base is ours"),
    "promise": (MARK, "from skillhub.plugins import wire", 5, Rule.IMPORTS, "promises no wire"),
    "syntax": (MARK, "PASS_MARK = (", 5, Rule.LOADS, "is not Python"),
    "import": (MARK, "PASS_MARK = 1 / 0", 1, Rule.LOADS, "ZeroDivisionError"),
    "type": (NONE, "return 7", 56, Rule.CASES, "must be CompletionDecision, not int"),
    "english": (
        ', text_en="Fewer than 60 marks in theory"',
        "",
        49,
        Rule.TRANSLATIONS,
        "without its English",
    ),
    "budget": (NONE, "import time; time.sleep(.3)", 56, Rule.BUDGET, "decide_completion may take 200 ms"),
}


@pytest.mark.parametrize("wrong", WRONG_DATA.values(), ids=WRONG_DATA)
def test_what_is_wrong_is_named_with_its_file_its_line_and_what_to_do(tmp_path, wrong):
    file, old, new, line, rule, message = wrong
    folder = made(tmp_path)
    change(folder, file, old, new)

    findings = found(folder)

    assert [each for each in findings if each[1:3] == (line, rule) and message in each[3]], findings


@pytest.mark.parametrize("wrong", WRONG_CODE.values(), ids=WRONG_CODE)
def test_code_is_read_without_being_run_and_then_asked_behind_the_walls(tmp_path, wrong):
    old, new, line, rule, message = wrong
    folder = made(tmp_path, with_code=True)
    change(folder, "__init__.py", old, new)
    if old is NONE:  # what follows must still be reached
        change(folder, "__init__.py", "if marks.theory >= PASS_MARK", "if (marks.theory or 0) >= PASS_MARK")

    findings = found(folder)

    assert [each for each in findings if each[1:3] == (line, rule) and message in each[3]], findings


@pytest.mark.parametrize(
    ("code", "rating", "reason"),
    [
        ("import babel\n", 3, "imports babel (__init__.py:5)"),
        ("import socket\n", 5, "uses socket (__init__.py:5)"),
        ("def read():\n    return open('x')\n", 5, "uses open()"),
        ("def read():\n    return eval('1')\n", 6, "runs what cannot be read: eval"),
        ("from skillhub.base import db\n", 6, "reaches into skillhub.base"),
    ],
)
def test_a_package_is_rated_by_the_most_that_it_asks_for(tmp_path, code, rating, reason):
    folder = made(tmp_path, with_code=True)
    change(folder, "__init__.py", "PASS_MARK = 60\n", f"{code}PASS_MARK = 60\n")

    rated = checking.check(folder).rights

    assert rated.rating == rating
    assert any(reason in each for each in rated.reasons)


def test_code_that_is_given_a_secret_is_rated_four_and_native_code_six(tmp_path):
    folder = made(tmp_path, with_code=True)
    manifest = folder / "plugin.toml"
    declared = '[settings.token]\ntype = "secret"\ndefault = ""\nhelp = "密钥"\n'
    manifest.write_text(manifest.read_text(encoding="utf-8") + declared, encoding="utf-8")

    assert checking.check(folder).rights.rating == 4
    (folder / "fast.so").write_bytes(b"\x7fELF")
    assert checking.check(folder).rights.rating == 6


def test_what_a_package_lacks_altogether_is_named(tmp_path):
    folder = made(tmp_path)
    for file in ("README.md", "cases.toml"):
        (folder / file).unlink()
    assert {(file, rule) for file, _line, rule, _message in found(folder)} == {
        ("README.md", Rule.README),
        ("cases.toml", Rule.CASES),
    }
    (folder / "cases.toml").write_text("", encoding="utf-8")
    assert any("decide_subsidy has no case" in message for *_, message in found(folder))
    (folder / "plugin.toml").symlink_to("/etc/passwd") if (folder / "plugin.toml").unlink() is None else None
    assert [rule for _, _, rule, _ in found(folder)] == [Rule.FILES]


def test_a_second_package_of_one_name_is_refused_by_name(tmp_path):
    (one,) = (each for each in discover.candidates() if each.name == "tangshan_lunan")
    folder = made(tmp_path, "other_town")
    change(folder, "plugin.toml", "other_town", "tangshan_lunan")
    folder = folder.rename(tmp_path / "tangshan_lunan")

    report = checking.check(folder, present=discover.candidates())

    assert [each.message for each in report.findings if each.rule is Rule.NAME] == [
        f"{one.module} has the name tangshan_lunan already; choose another"
    ]


def test_where_no_process_can_be_started_nothing_is_said_of_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(Pool, "wait_ready", lambda self, name, seconds: False)
    made(tmp_path, with_code=True)

    said = CliRunner().invoke(main, ["plugins", "check", str(tmp_path / "lubei_town")])

    assert said.exit_code == 3
    assert "没法检查" in said.stderr


class TestCommand:
    def run(self, *typed):
        return CliRunner().invoke(main, ["plugins", *typed], prog_name="skillhub")

    def test_the_report_is_for_people_and_for_programs(self, tmp_path):
        folder = made(tmp_path)
        change(folder, "cases.toml", "48_000", "48_001")

        people = self.run("check", str(folder))
        told = json.loads(self.run("check", "--json", str(folder)).stdout)

        assert people.exit_code == 1
        assert "cases.toml:12: cases: “全勤" in people.stdout
        assert "不能装" in people.stdout
        assert (told["fits"], told["cases"], told["rights"]) == (False, 4, {"rating": 1, "reasons": []})
        assert told["findings"][0]["line"] == 12
        assert len(told["sha256"]) == 64

    @pytest.mark.parametrize(
        ("typed", "status", "said"),
        [
            (("check", "nowhere"), 2, "nowhere"),
            (("check", "."), 1, "没有 plugin.toml"),
            (("new", "Upper", "--district", DISTRICT), 1, "小写字母"),
            (("new", "json", "--district", DISTRICT), 1, "已经有叫 json 的"),
            (("new", "some_town", "--district", "1"), 1, "六位区划代码"),
            (("new", "some_town", "--district", DISTRICT, "--title", 'a"b'), 1, "不带引号"),
            (("new", "there", "--district", DISTRICT), 1, "已经有了"),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_written(
        self, tmp_path, monkeypatch, typed, status, said
    ):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "there").mkdir()

        result = self.run(*typed)

        assert result.exit_code == status
        assert said in result.stderr
        assert [each.name for each in tmp_path.rglob("*")] == ["there"]


def test_a_wheel_of_the_scaffold_is_installed_by_pip_and_found(tmp_path, monkeypatch):
    project = made(tmp_path, "pipped_town", with_code=True).parent
    place = tmp_path / "site-packages"
    options = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, "--target", place, project], check=True)
    monkeypatch.syspath_prepend(str(place))

    (one,) = (each for each in discover.candidates() if each.name == "pipped_town")
    pool = Pool()
    bus = Bus(apart=pool)
    try:
        loaded = discover.load(bus, {"pipped_town"}, (), found=[one])
        assert pool.wait_ready("pipped_town")
        said = bus.decide("decide_completion", {"pipped_town"}, **COMPLETION)
    finally:
        pool.close()

    assert loaded.rejected == ()
    assert one.folder == place / "pipped_town"
    assert said.plugin == "pipped_town"


@pytest.fixture
def everybody(alice, bo, chen, dana, eve):
    """All people of the kit."""
    return alice, bo, chen, dana, eve


@pytest.fixture
def kit_town(tmp_path, monkeypatch, plug_in):
    """A package with code, in an application."""
    folder = made(tmp_path, "kit_town", with_code=True)
    monkeypatch.syspath_prepend(str(folder.parent))
    package = importlib.import_module("kit_town")
    plug_in(package)
    yield package
    for name in [each for each in sys.modules if each.partition(".")[0] == "kit_town"]:
        del sys.modules[name]  # the next test writes it anew


def test_the_kit_runs_a_package_in_an_application(kit_town, everybody, frozen_at, persons, organisations):
    kit.check_plugin(kit_town)
    frozen_at("2025-11-11T09:00+08:00")

    said = switches.decide("decide_completion", district=persons.district, **COMPLETION)
    batch = Classes(persons, organisations).published()
    receipt = applications.apply(actor=everybody[0].actor, batch=batch.code, channel="网页")

    assert said.plugin == "kit_town"
    assert application_queries.application(receipt).state == "enrolled"
    assert len({each.handle for each in everybody}) == 5


def test_the_kit_asks_code_in_the_worker_too(tmp_path, monkeypatch):
    folder = made(tmp_path, "apart_town", with_code=True)
    change(
        folder, "__init__.py", "PASS_MARK = 60", "import os\n\nPASS_MARK = 60 if 'PATH' in os.environ else 90"
    )
    monkeypatch.syspath_prepend(str(folder.parent))

    with pytest.raises(AssertionError, match=r"理论80分：结业 \(in the worker\): expected"):
        kit.run_cases(importlib.import_module("apart_town"), folder / "cases.toml")


class Going:
    """A subject whose hook goes away."""

    @hookspec
    def decide_old(*, on: int) -> int | None:
        """Decide as before.

        Removed in: API 2; answer decide_completion instead.
        Policy: decide. Since: API 1. Budget: 200 ms.
        """


def test_what_goes_warns_by_the_class_of_its_version():
    going = hook_reader.read([Going])

    class Old:
        @hookimpl
        def decide_old(self, on):
            return on

    with pytest.warns(RemovedInApi2, match="decide_old goes with API 2; answer decide_completion instead"):
        Bus(hooks=going).register(Old(), "old")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Bus().register(type("New", (), {"decide_completion": hookimpl(lambda self: None)})(), "new")
    assert removals.WARNINGS[2] is RemovedInApi2


def test_the_tests_of_all_packages_are_run_together():
    script = Path(__file__).parents[2] / "bin" / "downstream"

    assert "skillhub.testing.downstream" in script.read_text(encoding="utf-8")
    assert all((each.folder / "tests").is_dir() for each in discover.candidates())
