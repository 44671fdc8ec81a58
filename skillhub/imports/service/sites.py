"""The only place that imports sites: the whole tree of a file in one unit, or none of it."""

from __future__ import annotations

from collections.abc import Callable

from skillhub.base import audit, ids, sheets
from skillhub.base.access import Actor, Right, Role, require
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.sheets import SheetUnreadable, header
from skillhub.districts import queries
from skillhub.districts.service import sites as directory
from skillhub.imports import words
from skillhub.imports.rules import headings, sites
from skillhub.imports.rules.reports import ACCEPT, SITES, Choices, Report
from skillhub.imports.rules.sites import Site
from skillhub.imports.rules.tree import KnownSite, Placed, Tree
from skillhub.imports.service.people import File

ALLOWED = (Role.OFFICER,)


def check(*, actor: Actor, file: File) -> Report:
    """Decide about every line and write nothing.

    :raises SheetUnreadable: it is no table of sites.
    :raises NotFound: the actor is no officer of the district.
    """
    _require(actor, file)
    read = _read(file)
    return Report(SITES, tuple(Tree(_known(), read).lines()))


def take(
    *,
    actor: Actor,
    file: File,
    choices: Choices,
    agrees: Callable[[Report], bool] = lambda _report: True,
    keep: Callable[[Unit, Report], object] = lambda _unit, _report: None,
) -> Report:
    """Import a file: every new site with its place in the tree, or nothing while lines stand in the way.

    A site that the directory has already is never changed by a file: a difference is flagged.

    :param agrees: asked with the decisions as they are at the moment of writing; False writes nothing.
    :param keep: told in the same unit what has been written.
    :raises SheetUnreadable: it is no table of sites.
    :raises NotFound: the actor is no officer of the district.
    """
    _require(actor, file)
    read = _read(file)
    with unit_of_work() as unit:
        ids.next_number(unit, "import:sites")  # one import at a time: the second finds what the first wrote
        tree = Tree(_known(), read, takes_flagged=choices.flagged == ACCEPT)
        report = Report(SITES, tuple(tree.lines()))
        if report.is_blocked(choices) or not agrees(report):
            return report
        _write(unit, actor, tree.placed)
        done = Report(SITES, report.lines, len(tree.placed), is_written=True)
        keep(unit, done)
        return done


def _require(actor: Actor, file: File) -> None:
    for district in [file.frame.district] if file.frame.district else sorted(file.frame.districts):
        require(actor, *(Right(role, district=district) for role in ALLOWED))


def _read(file: File) -> list[Site]:
    said = "、".join(words.field(each) for each in ("name", *sites.NEEDED))
    table = header.found(sheets.opened(file.name, file.content), headings.names(SITES), sites.NEEDED, said)
    read = [sites.read(row.number, table.values(row), file.frame) for row in table.rows]
    if not read:
        raise SheetUnreadable("no_rows")
    return read


def _known() -> list[KnownSite]:
    return [
        KnownSite(
            id=each.id,
            code=each.code,
            district=each.district,
            name=each.name,
            kind=each.kind,
            tier=each.tier,
            parent_id=each.parent_id,
            address=each.address,
            phone=each.phone,
            position=None if each.lon is None or each.lat is None else (each.lon, each.lat),
        )
        for each in queries.sites()
    ]


def _write(unit: Unit, actor: Actor, placed: list[Placed]) -> None:
    made: dict[int, int] = {}
    taken = {each.code for each in queries.sites()} | {each.site.code for each in placed}
    for each in placed:
        site = each.site
        lon, lat = site.position or (None, None)
        made[site.number] = directory.add_in(
            unit,
            actor=actor,
            code=site.code or _code(unit, site.district, taken),
            district=site.district,
            name=site.name,
            kind=site.kind,
            tier=each.tier,
            address=site.address or "",
            phone=site.phone,
            lon=lon,
            lat=lat,
            parent_id=made[each.parent.site.number] if each.parent else each.parent_id,
        )
    for district in sorted({each.site.district for each in placed}):
        audit.record(
            unit,
            actor=actor,
            verb="sites.import",
            subject=f"district:{district}",
            district=district,
            new=sum(each.site.district == district for each in placed),
        )
    unit.refer(str(len(placed)))


def _code(unit: Unit, district: str, taken: set[str | None]) -> str:
    """Return the next free code of a district."""
    while True:
        code = f"S-{district}-{ids.next_number(unit, f'site:{district}'):03d}"
        if code not in taken:
            taken.add(code)
            return code
