"""A package of data: uploaded by one officer, checked, switched on by another, the same on all workers."""

from __future__ import annotations

import gc
import io
import stat
import zipfile

import pytest
from sqlalchemy import func, select, update

from skillhub.base.db import unit_of_work
from skillhub.base.errors import Invalid, NotFound
from skillhub.districts import snapshot, switches, uploads
from skillhub.districts.errors import OfferDecided, OfferOfOwn, PackageUnfit, PluginUnknown
from skillhub.districts.model import PluginOffer, PluginPackage
from skillhub.districts.queries import health
from skillhub.districts.queries import packages as queries
from skillhub.districts.service import districts
from skillhub.districts.service import packages as service
from skillhub.plugins import Bus, PluginRejected, package
from skillhub.plugins.authoring import archive
from skillhub.subsidy.queries import claims as claim_queries
from skillhub.subsidy.service import claims, replays
from skillhub.testing.clients import hidden_fields, submit
from skillhub.testing.factories.accounts import signed_in
from skillhub.testing.factories.base import LIWAN, LUNAN, TESTS
from skillhub.testing.factories.credentials import Classes, certificates
from skillhub.testing.factories.packages import packed
from tests.plugins.facts import SUBSIDY

HOOK = "decide_subsidy"
NAME = "sent_town"
ON_2025 = SUBSIDY | {"on": SUBSIDY["on"].replace(year=2025, month=6, day=1)}


@pytest.fixture(autouse=True)
def _known_anew():
    snapshot.forget()
    yield
    snapshot.forget()


@pytest.fixture
def officers(persons):
    """Two officers of the district, whose own plugin is off."""
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin="tangshan_lunan", is_on=False)
    return persons.officer(), persons.officer()


def sent(version="0.1.0", **more):
    changes = {"plugin.toml": ('"0.1.0"', f'"{version}"'), **more}
    return packed(NAME, district=LUNAN, changes=changes)


def zipped(**files):
    """Return a zip file of a package's files with some of a test's own, by path."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written,
        zipfile.ZipFile(io.BytesIO(sent())) as read,
    ):
        for each in read.infolist():
            written.writestr(each.filename, read.read(each))
        for path, data in files.items():
            written.writestr(path, data)
    return out.getvalue()


def said(content, officer):
    """Return why a file is refused."""
    with pytest.raises(Invalid) as caught:
        service.offer(actor=officer.actor, district=LUNAN, content=content)
    assert {each.field for each in caught.value.errors} == {"file"}
    return " ".join(str(each.message) for each in caught.value.errors)


def ask():
    return switches.decide(HOOK, district=LUNAN, **ON_2025)


def bring(officers, content):
    one, other = officers
    sha256 = service.offer(actor=one.actor, district=LUNAN, content=content)
    service.approve(actor=other.actor, district=LUNAN, sha256=sha256)
    return sha256


def test_a_package_goes_from_upload_to_the_second_officers_approval(app, officers):
    one, other = (signed_in(app, each) for each in officers)
    page = one.get("/office/packages")
    upload = {**hidden_fields(page.text), "file": (io.BytesIO(sent()), "规则包.zip")}

    offered = one.post("/office/packages", data=upload)
    own = one.get(offered.location).text
    before = ask()
    seen = other.get(offered.location).text
    done = other.post(f"{offered.location}/approval", data=hidden_fields(seen))
    after = ask()

    assert (offered.status_code, done.status_code) == (302, 302)
    assert "不能自己启用" in own and "/approval" not in own
    assert "全勤：24课时" in seen and "fen_per_class_hour" in seen
    assert before is None
    assert (after.plugin, after.version, after.sha256) == (NAME, "0.1.0", offered.location.rpartition("/")[2])
    assert "已启用" in other.get("/office/packages").text
    assert "某区" in other.get("/office/plugins").text
    assert "没有，只有数据" in other.get(f"/office/plugins/{NAME}").text
    assert submit(other, f"/office/plugins/{NAME}").status_code == 302
    assert ask() is None


def test_nobody_approves_a_package_of_his_own_and_nobody_decides_twice(officers):
    one, other = officers
    sha256 = service.offer(actor=one.actor, district=LUNAN, content=sent())
    about = {"district": LUNAN, "sha256": sha256}

    with pytest.raises(OfferOfOwn):
        service.approve(actor=one.actor, **about)
    with pytest.raises(OfferDecided):
        service.offer(actor=other.actor, district=LUNAN, content=sent())
    service.decline(actor=other.actor, **about)
    for decide in (service.approve, service.decline):
        with pytest.raises(OfferDecided):
            decide(actor=other.actor, **about)
    assert ask() is None
    service.offer(actor=one.actor, district=LUNAN, content=sent())
    service.approve(actor=other.actor, **about)
    assert ask().plugin == NAME


def test_a_new_version_takes_the_place_of_the_old_and_keeps_its_settings(officers, session):
    first = bring(officers, sent())
    second = bring(officers, sent("0.2.0"))

    assert first != second
    assert (ask().version, ask().sha256) == ("0.2.0", second)
    assert {each.sha256: each.state for each in queries.offers(LUNAN)} == {
        first: "replaced",
        second: "approved",
    }
    assert session.scalar(select(func.count()).select_from(PluginPackage)) == 2


def test_two_districts_may_hold_two_versions_of_one_name(officers, persons):
    first = bring(officers, sent())
    theirs = packed(NAME, district=LIWAN, changes={"plugin.toml": ('"0.1.0"', '"0.9.0"')})
    one, other = persons.officer(LIWAN), persons.officer(LIWAN)
    sha256 = service.offer(actor=one.actor, district=LIWAN, content=theirs)
    service.approve(actor=other.actor, district=LIWAN, sha256=sha256)

    assert ask().sha256 == first
    assert switches.decide(HOOK, district=LIWAN, **ON_2025).version == "0.9.0"
    assert [each.version for each in health.plugin_list(one.actor) if each.name == NAME] == ["0.9.0"]
    with pytest.raises(NotFound):
        service.approve(actor=other.actor, district=LIWAN, sha256=first)


def test_what_was_changed_in_the_database_is_not_asked_and_holds_the_decision(app, officers, monkeypatch):
    one, other = officers
    sha256 = service.offer(actor=one.actor, district=LUNAN, content=sent("0.3.0"))
    changed = dict(queries.files(sha256))
    changed["parameters.toml"] = changed["parameters.toml"].replace("2000", "9000")
    with unit_of_work() as unit:
        unit.session.execute(update(PluginPackage).values(files=changed))
    monkeypatch.setitem(app.extensions, uploads.EXTENSION, uploads.Uploads())  # as in another process
    monkeypatch.setitem(app.extensions, "skillhub.bus", Bus())

    with pytest.raises(PackageUnfit, match="package_unfit"):
        service.approve(actor=other.actor, district=LUNAN, sha256=sha256)
    with unit_of_work() as unit:
        unit.session.execute(update(PluginOffer).values(state="approved"))
        districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin=NAME, is_on=True)

    held = ask()

    assert [(each.plugin, str(each.error)) for each in held.failures] == [(NAME, "is not what was approved")]
    page = signed_in(app, other).get(f"/office/plugins/{NAME}").text
    assert "is not what was approved" in page
    assert "没有装上" in page


WRONG = {
    "no zip": (b"PK no", "is no zip file that can be read"),
    "too large": (b"x" * (archive.MOST_BYTES + 1), "larger than 2 MB"),
    "no manifest": (zipped().replace(b"plugin.toml", b"plugim.toml"), "holds no plugin.toml"),
    "two": (zipped(**{"other/plugin.toml": "x"}), "holds several packages"),
    "upwards": (zipped(**{"sent_town/../../evil.toml": "x"}), "leads out of the package"),
    "absolute": (zipped(**{"/etc/evil.toml": "x"}), "leads out of the package"),
    "drive": (zipped(**{"C:evil.toml": "x"}), "leads out of the package"),
    "program": (zipped(**{"sent_town/run.so": "x"}), "is no file of a package of data"),
    "code": (zipped(**{"sent_town/more.py": "import os"}), "installed by the operator"),
    "twice": (zipped(**{"sent_town/Rules.toml": "x"}), "stands there twice"),
    "encoding": (zipped(**{"sent_town/notes.md": "规则".encode("gb18030")}), "is not UTF-8"),
    "bomb": (zipped(**{"sent_town/big.md": b"0" * (archive.MOST_UNPACKED + 1)}), "unpacks to more than"),
    "many": (zipped(**{f"sent_town/{n}.md": "x" for n in range(archive.MOST_FILES)}), "more than 200 files"),
    "key": (sent(**{"plugin.toml": ("api = 1", "api = 1\nauthor = 'x'")}), "unknown key author"),
    "api": (sent(**{"plugin.toml": ("api = 1", "api = 7")}), "this release speaks api = 1"),
    "case": (sent(**{"cases.toml": ("48_000", "1")}), "例子没有通过（cases.toml，第12行）"),
    "elsewhere": (sent(**{"plugin.toml": (LUNAN, LIWAN)}), "it is for 440103, not for 130202"),
    "name": (sent(**{"plugin.toml": (NAME, "tangshan_lunan")}), "already"),
}


@pytest.mark.parametrize(("content", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_file_is_told_and_nothing_is_kept(officers, session, content, why):
    assert why in said(content, officers[0])
    assert session.scalar(select(func.count()).select_from(PluginOffer)) == 0
    assert session.scalar(select(func.count()).select_from(PluginPackage)) == 0


def test_links_and_locked_files_in_an_archive_are_refused(officers):
    link = zipfile.ZipInfo("sent_town/link.toml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        written.writestr(link, "/etc/passwd")
    assert "is a link" in said(out.getvalue(), officers[0])

    locked = bytearray(sent())
    entry = locked.index(b"PK\x01\x02")
    locked[entry + 8] |= 1
    assert "is encrypted" in said(bytes(locked), officers[0])


# The test client keeps the large body in a temporary file and leaves closing it to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_file_that_is_too_large_is_refused_before_it_is_read(app, officers):
    browser = signed_in(app, officers[0])
    fields = hidden_fields(browser.get("/office/packages").text)

    status = browser.post(
        "/office/packages", data={**fields, "file": (io.BytesIO(b"0" * 3_000_000), "a.zip")}
    ).status_code
    gc.collect()
    empty = browser.post("/office/packages", data=fields)

    assert status == 413
    assert empty.status_code == 422
    assert "请选一个 .zip 文件" in empty.text


def test_every_finding_of_a_refused_file_stands_on_the_page(app, officers, session):
    browser = signed_in(app, officers[0])
    wrong = sent(**{"cases.toml": ("48_000", "1"), "translations/en.toml": ('"出勤', '"缺勤')})
    fields = hidden_fields(browser.get("/office/packages").text)

    page = browser.post("/office/packages", data={**fields, "file": (io.BytesIO(wrong), "a.zip")})

    assert page.status_code == 422
    assert "没有通过检查，什么都没有保存" in page.text
    assert page.text.count("<li>") >= 3
    assert "例子没有通过（cases.toml，第12行）" in page.text
    assert session.scalar(select(func.count()).select_from(PluginOffer)) == 0


def test_a_package_that_does_not_fit_any_more_is_kept_with_its_reason(app, officers, tmp_path):
    files = {"plugin.toml": "api = 2", "rules.toml": ""}
    folder = archive.write(NAME, {path: text.encode() for path, text in files.items()}, tmp_path)
    sha256 = package.sha256(folder)

    loaded = uploads.load(NAME, sha256, files)

    assert isinstance(loaded, PluginRejected)
    assert not uploads.lacks(sha256)
    assert "this release speaks api = 1" in uploads.why_missing(sha256)
    assert uploads.why_missing("1" * 64) == "is not loaded yet"


def test_the_upload_shows_what_would_have_come_of_the_latest_claims(app, officers, persons):
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin="tangshan_lunan", is_on=True)
    made = Classes(persons).marked((82, 91), (75, 60))
    certificates(made)
    claim = claims.make(actor=made.school.actor, batch=made.code)

    sha256 = service.offer(actor=officers[0].actor, district=LUNAN, content=sent("0.5.0"))
    shown = signed_in(app, officers[1]).get(f"/office/packages/{sha256}").text

    tried = queries.offer(LUNAN, sha256).report["tried"]
    assert tried["number"] == 2
    assert {each["claim"] for each in tried["differences"]} == {claim}
    assert "重算了2人" in shown
    day = claim_queries.claim(officers[0].actor, claim).rules_on
    about = {"district": LUNAN, "first": day, "last": day}
    again = list(replays.replay(plugin="tangshan_lunan", **about))
    assert [(each.differs, each.facts_changed) for each in again] == [(False, False)] * 2
    assert list(replays.replay(plugin="tangshan_lunan", district=LIWAN, first=day, last=day)) == []
    with pytest.raises(PluginUnknown):
        list(replays.replay(plugin="nowhere", **about))


def test_what_a_plugin_decided_is_read_after_it_is_gone_and_says_so(app, officers, persons, monkeypatch):
    with unit_of_work() as unit:
        districts.switch_in(unit, actor=TESTS, district=LUNAN, plugin="tangshan_lunan", is_on=True)
    made = Classes(persons).marked((82, 91), (75, 60))
    numbers = certificates(made)
    claim = claims.make(actor=made.school.actor, batch=made.code)
    browser = signed_in(app, officers[0])
    page = f"/claims/{claim}"
    assert "未安装" not in browser.get(page).text
    before = claim_queries.persons(claim_queries.claim(officers[0].actor, claim).id)

    monkeypatch.setitem(app.extensions, "skillhub.bus", Bus())
    after = claim_queries.persons(claim_queries.claim(officers[0].actor, claim).id)
    shown = browser.get(page).text

    assert before == after
    assert "规则 tangshan_lunan v1.1.0 未安装" in shown
    verified = app.test_client().get(f"/verify/{numbers[0]}")
    assert verified.status_code == 200
