"""The only place that keeps a handed-in file between check and import: sealed, its owner's, soon deleted.

What is imported is exactly what was checked: the same bytes, and only while the same lines are
refused or asked about. Small files are worked on at once, others in the background.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from skillhub.accounts.queries import actors
from skillhub.base import clock, ids, seal, sheets, work
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import SkillHubError
from skillhub.base.sheets import SheetUnreadable
from skillhub.base.work import Slice
from skillhub.imports.errors import ImportBlocked, ImportChanged, ImportState
from skillhub.imports.model import ImportFile
from skillhub.imports.queries import files
from skillhub.imports.queries.files import FileView
from skillhub.imports.rules import reports
from skillhub.imports.rules.reports import PEOPLE, SITES, Choices, Report
from skillhub.imports.service import frames, people, sites
from skillhub.imports.service.people import File

WORK = "imports.work"
CHECKS = {PEOPLE: people.check, SITES: sites.check}
TAKES = {PEOPLE: people.take, SITES: sites.take}
ROLES = {PEOPLE: (Role.OFFICER, Role.DESK), SITES: (Role.OFFICER,)}
SMALL_BYTES, SMALL_LINES = 200_000, 1_000
KEPT = timedelta(hours=24)
REPORT_KEPT = timedelta(days=7)
EXPIRES_EVERY_SECONDS = 600.0
UNAVAILABLE = 503


def hand_in(*, actor: Actor, kind: str, district: str, name: str, content: bytes, has_consented: bool) -> str:
    """Keep a file, check it, and return its handle; a large one is checked in the background.

    :raises SheetUnreadable: it is no table of this kind.
    :raises NotFound: the actor may not import this in the district.
    """
    require(actor, *(Right(role, district=district) for role in ROLES[kind]))
    frame = frames.frame(actor=actor, district=district, has_consented=has_consented)
    is_small = len(content) <= SMALL_BYTES
    report = CHECKS[kind](actor=actor, file=File(name, content, frame)) if is_small else None
    count = len(report.lines) if report else _rows(name, content)
    handle = ids.secret()
    ring = seal.keyring()
    with unit_of_work() as unit:
        unit.session.execute(
            insert(ImportFile).values(
                handle=handle,
                kind=kind,
                district_code=district,
                person_id=actor.person_id,
                name_sealed=ring.seal(name[-120:], bound_to=f"import_file.name:{handle}"),
                content_sealed=ring.seal(
                    base64.b64encode(content).decode(), bound_to=f"import_file.content:{handle}"
                ),
                report_sealed=_sealed(handle, report),
                has_consented=has_consented,
                skips_refused=False,
                state="checked" if report else "checking",
                lines=count,
                done=0,
                written=0,
                made_at=clock.real_now(),
            )
        )
        if report is None:
            _enqueue(unit, actor, handle, district)
        return unit.refer(handle)


def _rows(name: str, content: bytes) -> int:
    """Return how many rows a large file has, 0 where counting them would take as long as reading them.

    That it is no table at all is said at once.
    """
    rows = sheets.opened(name, content)
    if sheets.is_workbook(content):
        next(rows, None)
        return 0
    return sum(1 for _row in rows)


def decide(*, actor: Actor, file: str, choices: Choices) -> str:
    """Import a checked file with what was decided about its lines; a large one in the background.

    Where other lines would be refused or asked about than were shown, nothing is written: they are shown.

    :raises NotFound: there is no such file of the actor's.
    :raises ImportState: it is being worked on, was imported or deleted.
    :raises ImportBlocked: lines stand in the way about which nothing was decided.
    """
    found = files.own(actor, file)
    report = files.report(found)
    if found.state != "checked" or report is None:
        raise ImportState
    if report.is_blocked(choices):
        raise ImportBlocked
    if found.lines <= SMALL_LINES:
        if not _import(actor, found, report, choices):
            _keep_changed(actor, found)
        return file
    with unit_of_work() as unit:
        _set_state(unit, file, was="checked", state="importing", choices=choices)
        _enqueue(unit, actor, file, found.district)
        return unit.refer(file)


def remove(*, actor: Actor, file: str) -> str:
    """Delete a file and its report; what has been imported stays.

    :raises NotFound: there is no such file of the actor's.
    :raises ImportState: it is being written at this moment.
    """
    found = files.own(actor, file)
    with unit_of_work() as unit:
        removed = unit.session.execute(
            update(ImportFile)
            .where(ImportFile.handle == file, ImportFile.state != "importing")
            .values(state="deleted", content_sealed=None, report_sealed=None)
            .returning(ImportFile.id)
        ).scalar()
        if removed is None:
            raise ImportState
        return unit.refer(found.handle)


@work.handles(WORK)
def work_on(payload: dict[str, Any], _cursor: int) -> Slice:
    """Check or import a large file, with the rights that the person who handed it in has now."""
    found = files.file(payload["file"])
    actor = actors.actor_of(found.person_id)
    try:
        if found.state == "checking":
            _check(actor, found)
        elif found.state == "importing":
            report = files.report(found)
            if report is None or not _import(actor, found, report, found.choices, was="importing"):
                _keep_changed(actor, found)
    except SkillHubError as error:
        if error.status == UNAVAILABLE:
            raise
        _give_up(found, error)
    return Slice(next=None, done=1, of=1)


@work.every(EXPIRES_EVERY_SECONDS, "imports.expire")
def expire() -> None:
    """Delete files that nobody imported in a day, and reports that are a week old."""
    now = clock.real_now()
    with unit_of_work() as unit:
        unit.session.execute(
            update(ImportFile)
            .where(
                ImportFile.made_at < now - KEPT,
                ImportFile.state.in_(("checking", "checked", "unreadable")),
            )
            .values(state="deleted", content_sealed=None, report_sealed=None)
        )
        unit.session.execute(
            update(ImportFile)
            .where(ImportFile.made_at < now - REPORT_KEPT, ImportFile.report_sealed.is_not(None))
            .values(report_sealed=None)
        )


def _check(actor: Actor, found: FileView) -> None:
    report = CHECKS[found.kind](actor=actor, file=_file(actor, found))
    with unit_of_work() as unit:
        _set_state(unit, found.handle, was="checking", state="checked", report=report)


def _import(actor: Actor, found: FileView, report: Report, choices: Choices, *, was: str = "checked") -> bool:
    """Import, and tell whether the same lines were in question as when the file was checked."""

    def keep(unit: Unit, done: Report) -> None:
        _set_state(unit, found.handle, was=was, state="imported", report=done, choices=choices)
        unit.refer(found.handle)

    done = TAKES[found.kind](
        actor=actor, file=_file(actor, found), choices=choices, agrees=report.asks_the_same, keep=keep
    )
    return done.is_written


def _keep_changed(actor: Actor, found: FileView) -> None:
    report = CHECKS[found.kind](actor=actor, file=_file(actor, found))
    with unit_of_work() as unit:
        _set_state(
            unit, found.handle, was=found.state, state="checked", report=report, problem=ImportChanged.code
        )


def _give_up(found: FileView, error: SkillHubError) -> None:
    problem = error.reason if isinstance(error, SheetUnreadable) else error.code
    with unit_of_work() as unit:
        unit.session.execute(
            update(ImportFile)
            .where(ImportFile.handle == found.handle, ImportFile.state == found.state)
            .values(state="unreadable", problem=problem, content_sealed=None)
        )


def _file(actor: Actor, found: FileView) -> File:
    content = files.content(found.handle)
    if content is None:
        raise ImportState
    frame = frames.frame(actor=actor, district=found.district, has_consented=found.has_consented)
    return File(found.name, content, frame, _shown(found))


def _shown(found: FileView) -> Callable[[int], object]:
    """Return what keeps for the page how many lines have been read; a small file is done before that."""

    def show(done: int) -> None:
        with unit_of_work() as unit:
            unit.session.execute(
                update(ImportFile).where(ImportFile.handle == found.handle).values(done=done)
            )

    return show


def _enqueue(unit: Unit, actor: Actor, handle: str, district: str) -> None:
    job = work.enqueue_in(unit, name=WORK, payload={"file": handle}, actor=actor, district=district)
    unit.session.execute(update(ImportFile).where(ImportFile.handle == handle).values(job=job, done=0))


def _set_state(
    unit: Unit,
    handle: str,
    *,
    was: str,
    state: str,
    report: Report | None = None,
    choices: Choices | None = None,
    problem: str | None = None,
) -> None:
    values: dict[str, Any] = {"state": state, "problem": problem}
    if report is not None:
        values |= {
            "report_sealed": _sealed(handle, report),
            "lines": len(report.lines),
            "done": len(report.lines),
            "written": report.written,
        }
    if choices is not None:
        values |= {"skips_refused": choices.skips_refused, "flagged": choices.flagged}
    if state == "imported":
        values |= {"content_sealed": None, "done_at": clock.now()}
    changed = unit.session.execute(
        update(ImportFile)
        .where(ImportFile.handle == handle, ImportFile.state == was)
        .values(**values)
        .returning(ImportFile.id)
    ).scalar()
    if changed is None:
        raise ImportState


def _sealed(handle: str, report: Report | None) -> bytes | None:
    if report is None:
        return None
    return seal.keyring().seal(reports.kept(report.lines), bound_to=f"import_file.report:{handle}")
