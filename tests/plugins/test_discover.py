"""What is present is found without being imported, and what does not fit keeps nobody else from loading."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from skillhub.plugins import Bus, Outcome, PackageInvalid, discover, package
from tests.plugins.facts import COMPLETION
from tests.plugins.packages import CODE, MANIFEST, RULES, write


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder on the path, for packages that a test writes."""
    folder = tmp_path / f"sent_{tmp_path.name.translate(str.maketrans('-[]', '___'))}"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder


def load(*candidates, allowed=(), trusted=()):
    bus = Bus()
    return bus, discover.load(bus, allowed, trusted, found=candidates)


def test_the_contributed_packages_are_found_and_fit():
    bus = Bus()

    loaded, rejected = discover.load(bus, (), ())

    assert rejected == ()
    lunan = next(each for each in loaded if each.manifest.name == "tangshan_lunan")
    assert (lunan.has_code, lunan.manifest.districts) == (False, ("130202",))
    assert bus.hooks_of("tangshan_lunan") == (
        "allocation_plan",
        "decide_completion",
        "decide_eligibility",
        "decide_subsidy",
        "read_job_feed",
    )


def test_an_answer_tells_name_version_and_content_of_who_gave_it(root):
    candidate = write(root, "data_only", rules_toml=RULES)

    bus, loaded = load(candidate)
    answer = bus.decide("decide_completion", {"data_only"}, **COMPLETION)

    assert (answer.plugin, answer.version) == ("data_only", "1.0.0")
    assert answer.sha256 == loaded.plugins[0].sha256 == package.sha256(candidate.folder)


def test_data_needs_no_admission_and_is_never_imported(root):
    candidate = write(root, "data_only", rules_toml=RULES)

    bus, loaded = load(candidate)

    assert loaded.rejected == ()
    assert bus.decide("decide_completion", {"data_only"}, **COMPLETION).value.outcome is Outcome.CERTIFIED
    assert candidate.module not in sys.modules


@pytest.mark.parametrize(
    ("allowed", "trusted", "reason"),
    [
        ((), (), "SKILLHUB_PLUGINS_ALLOWED"),
        ((), ("coded",), "SKILLHUB_PLUGINS_ALLOWED"),
        (("coded",), (), "nothing here runs it apart"),
    ],
)
def test_code_is_not_imported_before_the_operator_admits_and_trusts_it(root, allowed, trusted, reason):
    candidate = write(root, "coded", __init___py=CODE)

    bus, loaded = load(candidate, allowed=allowed, trusted=trusted)

    assert [reason in each.reason for each in loaded.rejected] == [True]
    assert candidate.module not in sys.modules
    assert bus.plugins == ()


def test_admitted_and_trusted_code_answers(root):
    bus, loaded = load(write(root, "coded", __init___py=CODE), allowed={"coded"}, trusted={"coded"})

    assert loaded.plugins[0].has_code
    assert bus.decide("decide_completion", {"coded"}, **COMPLETION).value.outcome is Outcome.CERTIFIED


def test_code_and_data_of_one_package_answer_together_but_not_the_same_question(root):
    feed = 'format = "json"\n[fields]\nid = "a"\ntitle = "b"\n'
    both = (
        MANIFEST.format(name="both")
        .replace('"]\n', '", "read_job_feed"]\n')
        .replace('["130202", "read_job_feed"]', '["130202"]')
    )
    fits = write(root, "both", __init___py=CODE, plugin_toml=both, feed_toml=feed)
    clashes = write(root, "clashes", __init___py=CODE, rules_toml=RULES)

    bus, loaded = load(fits, clashes, allowed={"both", "clashes"}, trusted={"both", "clashes"})

    assert bus.hooks_of("both") == ("decide_completion", "read_job_feed")
    assert [each.plugin for each in loaded.rejected] == ["clashes"]
    assert "answered by the code as well" in loaded.rejected[0].reason


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"plugin_toml": "name = "}, "plugin.toml: is not TOML"),
        ({"plugin_toml": None}, "plugin.toml: cannot be read"),
        ({"plugin_toml": MANIFEST.format(name="other")}, "says it is other"),
        ({"plugin_toml": MANIFEST.format(name="bad") + "colour = 1"}, "unknown key colour"),
        ({"rules_toml": RULES.replace("minutes_present", "minutes_presnt")}, "undeclared reference"),
        ({"rules_toml": "[[rule"}, "rules.toml: is not TOML"),
        ({"rules_toml": None}, "answers no hook"),
        ({"rules_toml": RULES, "parameters_toml": "[[rate]]\nvalue = 1"}, "rate, row 1"),
        (
            {"rules_toml": RULES, "feed_toml": 'format = "json"\n[fields]\nid = "a"\ntitle = "b"'},
            "names the hooks",
        ),
        ({"__init___py": "import"}, "does not import: SyntaxError"),
        ({"__init___py": "raise RuntimeError('no')"}, "does not import: RuntimeError: no"),
        ({"__init___py": "raise SystemExit(3)"}, "does not import: SystemExit: 3"),
        ({"__init___py": "import skillhub.nothing"}, "does not import: ModuleNotFoundError"),
        ({"__init___py": CODE.replace("(marks)", "(mraks)")}, "no argument mraks"),
    ],
)
def test_a_package_that_does_not_fit_is_rejected_and_the_others_load(root, files, reason):
    bad = write(root, "bad", **files)
    good = write(root, "good", rules_toml=RULES)

    bus, loaded = load(bad, good, allowed={"bad"}, trusted={"bad"})

    assert [each.plugin for each in loaded.rejected] == ["bad"]
    assert reason in loaded.rejected[0].reason
    assert [source.plugin for source in bus.plugins] == ["good"]


def test_two_packages_of_one_name_are_told_apart_by_who_came_first(root):
    first = write(root / "one", "same", rules_toml=RULES)
    second = write(root / "two", "same", rules_toml=RULES)

    bus, loaded = load(first, second)

    assert [each.folder for each in loaded.plugins] == [first.folder]
    assert loaded.rejected[0].reason == "another package has this name; two.same is left out"
    assert len(bus.plugins) == 1


def test_loading_twice_gives_the_same(root):
    candidate = write(root, "coded", __init___py=CODE)

    for _time in range(2):
        _bus, loaded = load(candidate, allowed={"coded"}, trusted={"coded"})
        assert loaded.rejected == ()


def test_installed_packages_are_found_by_their_entry_point_without_importing_them(root, monkeypatch):
    candidate = write(root, "installed", rules_toml=RULES)
    entries = [
        EntryPoint("installed", candidate.module, discover.GROUP),
        EntryPoint("gone", "no_such_package_at_all.here", discover.GROUP),
    ]
    monkeypatch.setattr(discover, "entry_points", lambda group: entries if group == discover.GROUP else [])

    found = discover.candidates(contrib="no_such_package_at_all")
    _bus, loaded = load(*found)

    assert [(each.name, each.folder) for each in found] == [("gone", None), ("installed", candidate.folder)]
    assert [each.manifest.name for each in loaded.plugins] == ["installed"]
    assert loaded.rejected[0].reason == "no_such_package_at_all.here has no folder with a plugin.toml"
    assert root.name not in sys.modules


def test_a_name_that_is_no_package_holds_no_plugins(monkeypatch):
    monkeypatch.setitem(sys.modules, "half_loaded", ModuleType("half_loaded"))

    assert discover.candidates(contrib="half_loaded", group="none") == ()


def test_the_content_hash_moves_with_every_file_but_not_with_tests_and_caches(root):
    folder = write(root, "hashed", rules_toml=RULES).folder
    before = package.sha256(folder)

    for left_out in ("tests/test_it.py", "__pycache__/x.pyc", ".hidden"):
        path = folder / left_out
        path.parent.mkdir(exist_ok=True)
        path.write_text("changed", encoding="utf-8")
    assert package.sha256(folder) == before
    os.mkfifo(folder / "pipe")
    assert package.sha256(folder) == before
    assert not package.has_code(folder)

    (folder / "README.md").write_text("new", encoding="utf-8")
    after = package.sha256(folder)
    (folder / "README.md").rename(folder / "README.txt")
    assert len({before, after, package.sha256(folder)}) == 3


@pytest.mark.parametrize("text", ["", '"""Words."""', "# only a comment"])
def test_words_are_no_code(root, text):
    assert not package.has_code(write(root, "words", __init___py=text).folder)


@pytest.mark.parametrize("text", ["x = 1", '"""Words."""\nimport os', "3", "(", "'a' 'b'; 1"])
def test_everything_else_is_code(root, text):
    assert package.has_code(write(root, "code", __init___py=text).folder)


def test_a_module_beside_the_package_is_code(root):
    folder = write(root, "code").folder
    (folder / "more").mkdir()
    (folder / "more" / "native.so").write_bytes(b"")

    assert package.has_code(folder)


def test_links_and_heaps_of_files_are_refused(root, monkeypatch):
    candidate = write(root, "linked", rules_toml=RULES)
    (candidate.folder / "secrets.toml").symlink_to("/etc/hostname")

    _bus, loaded = load(candidate)
    assert "secrets.toml is a link" in loaded.rejected[0].reason

    (candidate.folder / "secrets.toml").unlink()
    monkeypatch.setattr(package, "MOST_FILES", 2)
    with pytest.raises(PackageInvalid, match="holds more than 2 files"):
        package.files(candidate.folder)
