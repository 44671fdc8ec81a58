"""The only place where a package of data comes into a district: one officer uploads, another approves."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from skillhub.base import audit, clock
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work, upsert
from skillhub.base.errors import FieldError, Invalid
from skillhub.districts import catalogue, uploads
from skillhub.districts.errors import OfferDecided, OfferOfOwn, PackageUnfit
from skillhub.districts.model import PluginOffer, PluginPackage
from skillhub.districts.queries import packages as queries
from skillhub.districts.queries.packages import APPROVED, DECLINED, OFFERED, REPLACED
from skillhub.districts.service import districts
from skillhub.plugins import package
from skillhub.plugins.authoring import archive, checking
from skillhub.plugins.authoring.checking import Report
from skillhub.plugins.authoring.findings import Finding, Rule
from skillhub.plugins.discover import Candidate
from skillhub.plugins.errors import PluginRejected

FILE = "file"
DryRun = Callable[[str, str, str], Mapping[str, Any]]
_dry_run: list[DryRun] = []
MOST_TOLD = 20
WORDS: dict[Rule, LazyString] = {
    Rule.MANIFEST: _l("清单 plugin.toml 不对"),
    Rule.NAME: _l("名称不能用"),
    Rule.FILES: _l("压缩包里的文件不能收"),
    Rule.README: _l("缺少说明"),
    Rule.RULES: _l("规则或表格不对"),
    Rule.HOOKS: _l("功能写得不对"),
    Rule.IMPORTS: _l("带了代码"),
    Rule.WALLS: _l("带了代码"),
    Rule.LOADS: _l("装不上"),
    Rule.TRANSLATIONS: _l("缺少英文"),
    Rule.CASES: _l("例子没有通过"),
    Rule.BUDGET: _l("算得太慢"),
    Rule.REMOVAL: _l("用了将要取消的功能"),
}


def use_dry_run(run: DryRun) -> None:
    """Let a floor above say what a package would have decided lately: by district, name and content."""
    _dry_run[:] = [run]


def offer(*, actor: Actor, district: str, content: bytes) -> str:
    """Check a package that was sent, run its cases, keep it for a second officer, and return its hash.

    Nothing is kept of one that does not fit. What was declined may be uploaded again.

    :raises Invalid: the file is no package, has code, or something in it is wrong; each finding is told.
    """
    require(actor, Right(Role.OFFICER, district=district))
    assert actor.person_id is not None  # noqa: S101 (an officer is a person)
    try:
        name, files = archive.read(content)
    except archive.Unreadable as error:
        raise _told([error.finding]) from error
    with tempfile.TemporaryDirectory(prefix="skillhub-upload-") as folder:
        written = archive.write(name, files, Path(folder))
        if package.has_code(written):
            message = "a package with code is installed by the operator; here only data is taken"
            raise _told([Finding("__init__.py", 1, Rule.IMPORTS, message)])
        report = checking.check(written, present=_present())
    wrong = [each for each in report.findings if each.is_error] + _not_for(report, district)
    if wrong:
        raise _told(wrong)
    loaded = uploads.load(name, report.sha256, {path: data.decode("utf-8") for path, data in files.items()})
    tried = (
        _dry_run[0](district, name, report.sha256)
        if _dry_run and not isinstance(loaded, PluginRejected)
        else {}
    )
    texts = {path: data.decode("utf-8") for path, data in files.items()}
    with unit_of_work() as unit:
        _keep(unit, actor.person_id, district, (report, tried), texts)
        _note(unit, actor, "plugin.offer", district, report.sha256)
        return unit.refer(report.sha256)


def approve(*, actor: Actor, district: str, sha256: str) -> str:
    """Switch a package on that another officer uploaded, in the place of its earlier version.

    :raises OfferOfOwn: nobody approves what he uploaded himself.
    :raises OfferDecided: it has been decided on.
    :raises PackageUnfit: it does not fit the release that runs now.
    """
    require(actor, Right(Role.OFFICER, district=district))
    found = queries.offer(district, sha256)
    if found.offered_by_id == actor.person_id:
        raise OfferOfOwn
    loaded = uploads.load(found.name, sha256, queries.files(sha256))
    if isinstance(loaded, PluginRejected):
        raise PackageUnfit(reason=loaded.reason)
    with unit_of_work() as unit:
        _decide(unit, actor, found.id, APPROVED)
        same_name = select(PluginPackage.sha256).where(PluginPackage.name == found.name)
        unit.session.execute(
            update(PluginOffer)
            .where(
                PluginOffer.district_code == district,
                PluginOffer.state == APPROVED,
                PluginOffer.id != found.id,
                PluginOffer.package_sha256.in_(same_name),
            )
            .values(state=REPLACED)
        )
        districts.switch_in(unit, actor=actor, district=district, plugin=found.name, is_on=True)
        _note(unit, actor, "plugin.approve", district, sha256)
        return unit.refer(sha256)


def decline(*, actor: Actor, district: str, sha256: str) -> str:
    """Turn a package down; whoever uploaded it may take it back so.

    :raises OfferDecided: it has been decided on.
    """
    require(actor, Right(Role.OFFICER, district=district))
    found = queries.offer(district, sha256)
    with unit_of_work() as unit:
        _decide(unit, actor, found.id, DECLINED)
        _note(unit, actor, "plugin.decline", district, sha256)
        return unit.refer(sha256)


def _present() -> list[Candidate]:
    """Return what is installed: an uploaded package may not take its name."""
    installed = [Candidate(each.manifest.name, each.module, each.folder) for each in catalogue.plugins()]
    return installed + [Candidate(each.plugin, each.plugin, None) for each in catalogue.rejected()]


def _not_for(report: Report, district: str) -> list[Finding]:
    manifest = report.manifest
    if manifest is None or district in manifest.districts:
        return []
    message = f"districts: it is for {', '.join(manifest.districts) or 'no district'}, not for {district}"
    return [Finding("plugin.toml", 1, Rule.MANIFEST, message)]


def _told(findings: list[Finding]) -> Invalid:
    return Invalid(
        *(
            FieldError(
                FILE,
                f"package_{each.rule.value}",
                _l(
                    "%(what)s（%(file)s，第%(line)s行）：%(why)s。",
                    what=WORDS[each.rule],
                    file=each.file,
                    line=each.line,
                    why=each.message,
                ),
            )
            for each in findings[:MOST_TOLD]
        )
    )


def _keep(
    unit: Unit,
    person_id: int,
    district: str,
    checked: tuple[Report, Mapping[str, Any]],
    texts: Mapping[str, str],
) -> None:
    report, tried = checked
    unit.session.execute(
        upsert(unit, PluginPackage)
        .values(sha256=report.sha256, name=report.name, version=report.version, files=dict(texts))
        .on_conflict_do_nothing()
    )
    values: dict[str, Any] = {
        "state": OFFERED,
        "offered_at": clock.now(),
        "offered_by_id": person_id,
        "decided_at": None,
        "decided_by_id": None,
        "report": _report(report) | {"tried": dict(tried)},
    }
    kept = unit.session.execute(
        upsert(unit, PluginOffer)
        .values(district_code=district, package_sha256=report.sha256, **values)
        .on_conflict_do_update(
            index_elements=["district_code", "package_sha256"],
            set_=values,
            where=PluginOffer.state.in_((DECLINED, REPLACED)),
        )
        .returning(PluginOffer.id)
    ).scalar()
    if kept is None:
        raise OfferDecided


def _report(report: Report) -> dict[str, Any]:
    assert report.manifest is not None and report.rights is not None  # noqa: PT018, S101 (of a package that fits)
    return {
        "title": report.manifest.title,
        "title_en": report.manifest.title_en,
        "hooks": list(report.manifest.hooks),
        "rating": report.rights.rating,
        "cases": [{"name": each.name, "hook": each.hook} for each in report.turned],
    }


def _decide(unit: Unit, actor: Actor, offer_id: int, state: str) -> None:
    decided = unit.session.execute(
        update(PluginOffer)
        .where(PluginOffer.id == offer_id, PluginOffer.state == OFFERED)
        .values(state=state, decided_at=clock.now(), decided_by_id=actor.person_id)
        .returning(PluginOffer.id)
    ).scalar()
    if decided is None:
        raise OfferDecided


def _note(unit: Unit, actor: Actor, verb: str, district: str, sha256: str) -> None:
    audit.record(unit, actor=actor, verb=verb, subject=f"package:{sha256}", district=district)
