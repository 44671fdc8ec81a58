"""The only place that imports people: all of a file in one unit, or none of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError

from skillhub.accounts.queries import known as known_people
from skillhub.accounts.rules.consents import BASIC, CURRENT, Given
from skillhub.accounts.rules.wishes import WishMade
from skillhub.accounts.service import entering
from skillhub.accounts.service.entering import Entry
from skillhub.accounts.service.registration import ZONE, Filed
from skillhub.base import audit, ids, sheets
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.sheets import SheetUnreadable, header
from skillhub.imports import words
from skillhub.imports.rules import headings, judging, people
from skillhub.imports.rules.judging import Known, Register, Someone
from skillhub.imports.rules.lines import Line
from skillhub.imports.rules.people import Frame, Person
from skillhub.imports.rules.reports import ACCEPT, PEOPLE, Choices, Report

ALLOWED = (Role.DESK, Role.OFFICER)
CHANNEL = "名册"
SHOWN_EVERY = 2_000
_OTHER = "other"
_ONE_PER_DOCUMENT = "id_number_hash"


@dataclass(frozen=True)
class File:
    """What was handed in, and what holds for all its lines."""

    name: str
    content: bytes
    frame: Frame
    show: Callable[[int], object] = lambda _done: None  # hears how many lines have been read


def check(*, actor: Actor, file: File) -> Report:
    """Decide about every line and write nothing.

    :raises SheetUnreadable: it is no table of people.
    :raises NotFound: the actor is no clerk of the district.
    """
    _require(actor, file)
    read = _read(file)
    lines = judging.Judge(_register(read)).lines(read)
    return Report(PEOPLE, tuple(lines))


def take(
    *,
    actor: Actor,
    file: File,
    choices: Choices,
    agrees: Callable[[Report], bool] = lambda _report: True,
    keep: Callable[[Unit, Report], object] = lambda _unit, _report: None,
) -> Report:
    """Import a file: every line that can be taken, or nothing while lines stand in the way.

    :param agrees: asked with the decisions as they are at the moment of writing; False writes nothing.
    :param keep: told in the same unit what has been written.
    :raises SheetUnreadable: it is no table of people.
    :raises NotFound: the actor is no clerk of the district.
    """
    _require(actor, file)
    read = _read(file)
    try:
        return _take(actor, read, choices, agrees, keep)
    except IntegrityError as error:
        if _ONE_PER_DOCUMENT not in str(error.orig):
            raise
        return _take(actor, read, choices, agrees, keep)  # somebody was registered at this moment: found now


def _require(actor: Actor, file: File) -> None:
    for district in [file.frame.district] if file.frame.district else sorted(file.frame.districts):
        require(actor, *(Right(role, district=district) for role in ALLOWED))


def _read(file: File) -> list[Person]:
    said = "、".join(words.field(each) for each in ("name", *people.NEEDED))
    table = header.found(sheets.opened(file.name, file.content), headings.names(PEOPLE), people.NEEDED, said)
    read = []
    for row in table.rows:
        read.append(people.read(row.number, table.values(row), file.frame))
        if len(read) % SHOWN_EVERY == 0:
            file.show(len(read))
    if not read:
        raise SheetUnreadable("no_rows")
    return read


def _take(
    actor: Actor,
    read: list[Person],
    choices: Choices,
    agrees: Callable[[Report], bool],
    keep: Callable[[Unit, Report], object],
) -> Report:
    with unit_of_work() as unit:
        ids.next_number(unit, "import:people")  # one import at a time: the second finds what the first wrote
        register = _register(read)
        judge = judging.Judge(register, takes_flagged=choices.flagged == ACCEPT)
        lines: tuple[Line, ...] = tuple(judge.lines(read))
        report = Report(PEOPLE, lines)
        if report.is_blocked(choices) or not agrees(report):
            return report
        written = _write(unit, actor, judge.people)
        done = Report(PEOPLE, lines, written, is_written=True)
        keep(unit, done)
        return done


def _write(unit: Unit, actor: Actor, found: list[Someone]) -> int:
    new = [someone for someone in found if someone.known is None]
    entering.enter_in(unit, actor=actor, entries=[_entry(someone) for someone in new])
    more = [someone for someone in found if someone.known is not None and someone.brings_something]
    for someone in more:
        if someone.known is not None:
            entering.add_in(
                unit,
                actor=actor,
                person_id=someone.known.id,
                handle=someone.known.handle,
                entry=_entry(someone),
            )
    for district in sorted({someone.line.district for someone in [*new, *more]}):
        audit.record(
            unit,
            actor=actor,
            verb="people.import",
            subject=f"district:{district}",
            district=district,
            new=sum(each.line.district == district for each in new),
            added_to=sum(each.line.district == district for each in more),
        )
    unit.refer(str(len(new) + len(more)))
    return len(new) + len(more)


def _entry(someone: Someone) -> Entry:
    """Return what is to be written: of a known person only what the file does not have yet."""
    line, known = someone.line, someone.known
    text = CURRENT[BASIC]
    return Entry(
        filed=Filed(
            name=line.name,
            document=None if known and known.document else someone.document,
            phone=None if known and known.phone else someone.phone,
            groups=someone.groups,
            sex=line.sex,
        ),
        district=line.district,
        street=line.street,
        education=line.education,
        channel=CHANNEL,
        consents=(Given(text.purpose, text.version),) if someone.has_new_consent else (),
        wishes=tuple(
            WishMade(kind, trade, registered_at=None if day is None else _noon(day))
            for kind, trade, day in someone.new_wishes
        ),
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(ZONE))


def _register(read: list[Person]) -> Register:
    """Look up everybody whom the lines may mean."""
    documents = {
        known_people.document_hash(line.document.id_type, line.document.number): line.key
        for line in _asked(read)
        if line.document is not None
    }
    phones = {known_people.phone_hash(line.phone): line.phone for line in _asked(read) if line.phone}
    by_document: dict[str, Known] = {}
    by_phone: dict[str, list[Known]] = defaultdict(list)
    for found in known_people.people(documents, phones):
        key = documents.get(found.document_hash or "")
        known = Known(
            id=found.id,
            handle=found.handle,
            name=found.name,
            document=key or (_OTHER if found.document_hash else None),
            phone=phones.get(found.phone_hash or "") or (_OTHER if found.phone_hash else None),
            districts=found.districts,
            wishes=frozenset(
                (kind, trade, at.astimezone(ZoneInfo(ZONE)).date()) for kind, trade, at in found.wishes
            ),
            has_consented=found.has_consented,
        )
        if key:
            by_document[key] = known
        if found.phone_hash in phones:
            by_phone[phones[found.phone_hash]].append(known)
    return Register(by_document, {phone: tuple(each) for phone, each in by_phone.items()})


def _asked(read: list[Person]) -> Iterator[Person]:
    return (line for line in read if not line.refusals)
