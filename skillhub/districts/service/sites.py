"""The only place that adds, changes, moves and closes sites; every change is kept with who made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import NotFound, VersionConflict
from skillhub.base.faults import Faults
from skillhub.base.locks import lock_rows
from skillhub.districts import queries
from skillhub.districts.errors import SiteClosed, SiteInUse, SiteKnown
from skillhub.districts.model import Site, SiteChange
from skillhub.districts.queries.sites import SiteView, ids_below
from skillhub.districts.rules import sites as rules
from skillhub.districts.rules.sites import About, Spot

_KEPT = ("parent_id", "name", "kind", "tier", "address", "phone", "lon", "lat", "closed_on")


def add(*, actor: Actor, district: str, about: About, kind: str, tier: int, parent: str | None = None) -> str:
    """Add a site to a district's directory and return its code.

    :param parent: the code of the site above it.
    :raises NotFound: the actor is the officer of another district.
    :raises Invalid: a field cannot be right.
    """
    require_role(actor, Role.OFFICER)
    require(actor, Right(Role.OFFICER, district=district))
    with unit_of_work() as unit:
        code = f"S-{district}-{ids.next_number(unit, f'site:{district}'):03d}"
        add_in(
            unit,
            actor=actor,
            code=code,
            district=district,
            name=about.name,
            kind=kind,
            tier=tier,
            address=about.address,
            phone=about.phone,
            lon=about.lon,
            lat=about.lat,
            parent_id=_parent_id(district, parent),
        )
        return unit.refer(code)


def add_in(
    unit: Unit,
    *,
    actor: Actor,
    code: str,
    district: str,
    name: str,
    kind: str,
    tier: int,
    address: str,
    phone: str | None = None,
    lon: float | None = None,
    lat: float | None = None,
    parent_id: int | None = None,
) -> int:
    """Add a site inside a unit and return its id.

    :raises NotFound: the actor is the officer of another district.
    :raises Invalid: a field cannot be right, or the site above cannot stand there.
    :raises SiteKnown: the code belongs to another site.
    """
    require(actor, Right(Role.OFFICER, district=district))
    faults = Faults()
    about = rules.checked(faults, About(name=name, address=address, phone=phone, lon=lon, lat=lat))
    faults.text("code", code, most=rules.LONGEST_CODE)
    rules.check_kind(faults, kind, tier)
    if parent_id is not None:
        rules.check_parent(faults, district=district, tier=tier, parent=_spot(unit, parent_id))
    faults.stop()
    values = {"parent_id": parent_id, "kind": kind, "tier": tier, "closed_on": None, **_words(about)}
    made = _insert(unit, code=code, district_code=district, **values)
    _keep(unit, actor, made, "add", values)
    audit.record(
        unit, actor=actor, verb="site.add", subject=f"site:{made}", district=district, site_kind=kind
    )
    return made


def change(*, actor: Actor, code: str, about: About, version: int) -> str:
    """Change what the directory says of a site.

    :raises VersionConflict: somebody else changed it since it was read.
    :raises SiteClosed: it is closed.
    """
    found = _own(actor, code)
    faults = Faults()
    kept = rules.checked(faults, about)
    faults.stop()
    if found.is_closed:
        raise SiteClosed
    with unit_of_work() as unit:
        _update(unit, actor, found, version=version, verb="change", values=_words(kept))
        return unit.refer(code)


def move(*, actor: Actor, code: str, parent: str | None, reason: str, version: int) -> str:
    """Put a site below another one, or at the top; what stands below it goes with it.

    :raises VersionConflict: somebody else changed it since it was read.
    :raises Invalid: it would stand below itself, or on a level on which its kind does not.
    """
    found = _own(actor, code)
    faults = Faults()
    kept = faults.text("reason", reason, most=rules.LONGEST_REASON)
    faults.stop()
    if found.is_closed:
        raise SiteClosed
    with unit_of_work() as unit:
        above = _place_for(unit, found, parent)
        values: dict[str, Any] = {
            "parent_id": above.id if above else None,
            "tier": rules.tier_below(found.kind, found.tier, above),
        }
        _update(unit, actor, found, version=version, verb="move", values=values, reason=kept)
        return unit.refer(code)


def close(*, actor: Actor, code: str, reason: str, version: int) -> str:
    """Close a site: it leaves the directory, and its clerks do nothing for it any more.

    :raises SiteInUse: open sites stand below it.
    """
    found = _own(actor, code)
    faults = Faults()
    kept = faults.text("reason", reason, most=rules.LONGEST_REASON)
    faults.stop()
    if found.is_closed:
        raise SiteClosed
    today = clock.today(queries.district(found.district).zone)
    with unit_of_work() as unit:
        _hold_tree(unit, found.district)
        count = unit.session.scalar(
            select(func.count()).where(Site.parent_id == found.id, Site.closed_on.is_(None))
        )
        if count:
            raise SiteInUse(count=count)
        values = {"closed_on": today}
        _update(unit, actor, found, version=version, verb="close", values=values, reason=kept)
        return unit.refer(code)


def reopen(*, actor: Actor, code: str, version: int) -> str:
    """Open a site again; the one above it must be open.

    :raises Invalid: the one above it is closed.
    """
    found = _own(actor, code)
    with unit_of_work() as unit:
        _hold_tree(unit, found.district)
        if found.parent_id is not None:
            faults = Faults()
            above = _spot(unit, found.parent_id)
            rules.check_parent(faults, district=found.district, tier=found.tier, parent=above)
            faults.stop()
        _update(unit, actor, found, version=version, verb="reopen", values={"closed_on": None})
        return unit.refer(code)


def _insert(unit: Unit, *, code: str, **values: object) -> int:
    try:
        with unit.session.begin_nested():
            return unit.session.execute(
                insert(Site).values(code=code, **values).returning(Site.id)
            ).scalar_one()
    except IntegrityError as error:
        raise SiteKnown(site=code) from error


def _own(actor: Actor, code: str) -> SiteView:
    require_role(actor, Role.OFFICER)
    found = queries.site(code)
    require(actor, Right(Role.OFFICER, district=found.district))
    return found


def _place_for(unit: Unit, found: SiteView, parent: str | None) -> Spot | None:
    """Return the site below which another can stand, judged under the lock of the whole tree."""
    _hold_tree(unit, found.district)
    if parent is None:
        return None
    faults = Faults()
    everything = queries.sites(found.district, with_closed=True)
    wanted = next((each for each in everything if each.code == parent), None)
    if wanted is None:
        faults.add("parent", "unknown", _l("本区没有这个站点。请从列出的几项里选。"))
        faults.stop()
        return None
    if wanted.id in ids_below(everything, found.id):
        faults.add(
            "parent",
            "site_under_itself",
            _l("%(name)s在这个站点下面，或就是它自己，不能做它的上级。请另选一个。", name=wanted.name),
        )
        faults.stop()
    spot = Spot(wanted.id, wanted.district, wanted.tier, wanted.is_closed)
    tier = rules.tier_below(found.kind, found.tier, spot)
    rules.check_parent(faults, district=found.district, tier=tier, parent=spot)
    lowest = min((each.tier for each in everything if each.parent_id == found.id), default=tier + 1)
    if not faults.found and lowest <= tier:
        faults.add(
            "parent", "too_deep", _l("这样排，它下面的站点就没有位置了。请先移走下面的站点，或另选上级。")
        )
    faults.stop()
    return spot


def _hold_tree(unit: Unit, district: str) -> None:
    """Let changes of one district's tree follow each other, so that two at once make no circle."""
    lock_rows(unit, Site, unit.session.scalars(select(Site.id).where(Site.district_code == district)))


def _spot(unit: Unit, site_id: int) -> Spot:
    row = unit.session.execute(
        select(Site.id, Site.district_code, Site.tier, Site.closed_on).where(Site.id == site_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Spot(row.id, row.district_code, row.tier, row.closed_on is not None)


def _parent_id(district: str, code: str | None) -> int | None:
    if code is None:
        return None
    try:
        found = queries.site(code)
    except NotFound:
        found = None
    if found is None or found.district != district:
        faults = Faults()
        faults.add("parent", "unknown", _l("本区没有这个站点。请从列出的几项里选。"))
        faults.stop()
        return None
    return found.id


def _words(about: About) -> dict[str, Any]:
    return {
        "name": about.name,
        "address": about.address,
        "phone": about.phone,
        "lon": about.lon,
        "lat": about.lat,
    }


def _update(
    unit: Unit,
    actor: Actor,
    found: SiteView,
    *,
    version: int,
    verb: str,
    values: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    row = lock_rows(unit, Site, [found.id])[0]
    if row.version != version:
        raise VersionConflict(site=found.code)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    unit.session.flush()  # the history below is read from the row as the database has it
    _keep(unit, actor, row.id, verb, {name: getattr(row, name) for name in _KEPT}, reason=reason)
    audit.record(unit, actor=actor, verb=f"site.{verb}", subject=f"site:{row.id}", district=found.district)


def _keep(
    unit: Unit, actor: Actor, site_id: int, verb: str, values: Mapping[str, Any], *, reason: str | None = None
) -> None:
    unit.session.execute(
        insert(SiteChange).values(
            site_id=site_id, at=clock.now(), by_id=actor.person_id, verb=verb, reason=reason, **values
        )
    )
