"""The only place that announces events, changes them and calls them off."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, update

from skillhub.accounts.queries import organisations
from skillhub.activities.errors import ActivityCancelled, ActivityHeld
from skillhub.activities.model import Activity
from skillhub.activities.queries import activities as queries
from skillhub.activities.queries.activities import ActivityView
from skillhub.activities.rules import plans
from skillhub.activities.rules.plans import Plan, State
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import NotFound, VersionConflict
from skillhub.base.faults import Faults
from skillhub.districts import queries as districts
from skillhub.districts.queries import clerks
from skillhub.districts.rules.kinds import Feature

PLANNERS = (Role.OFFICER, Role.DESK)


def announce(
    *,
    actor: Actor,
    district: str,
    plan: Plan,
    site: str | None = None,
    organiser: str | None = None,
) -> str:
    """Announce an event and return its code; everybody sees it from now on.

    :param site: the code of the market or centre in which it is held.
    :param organiser: the code of the training body that holds it; without one the district does.
    :raises Forbidden: the actor is no officer, and no clerk of a market or centre.
    :raises Invalid: a field cannot be right.
    """
    require_planner(actor, district)
    with unit_of_work() as unit:
        code = f"A-{district}-{ids.next_number(unit, f'activity:{district}'):04d}"
        announce_in(
            unit, actor=actor, code=code, district=district, plan=plan, site=site, organiser=organiser
        )
        return unit.refer(code)


def announce_in(
    unit: Unit,
    *,
    actor: Actor,
    code: str,
    district: str,
    plan: Plan,
    site: str | None = None,
    organiser: str | None = None,
) -> int:
    """Announce an event inside a unit and return its id; jobs of our own may announce what is over."""
    require_planner(actor, district)
    kept = plans.checked(plan, now=clock.now(), must_be_ahead=actor.system is None)
    made = unit.session.execute(
        insert(Activity)
        .values(
            code=code,
            district_code=district,
            door_key=ids.secret(),
            state=State.ANNOUNCED,
            announced_at=clock.now(),
            announced_by_id=actor.person_id,
            **_values(district, kept, site, organiser),
        )
        .returning(Activity.id)
    ).scalar_one()
    audit.record(
        unit,
        actor=actor,
        verb="activity.announce",
        subject=f"activity:{made}",
        district=district,
        activity_kind=kept.kind,
    )
    return made


def change(
    *,
    actor: Actor,
    code: str,
    plan: Plan,
    site: str | None,
    organiser: str | None,
    version: int,
) -> str:
    """Change what was announced, as long as nobody could have signed in.

    :raises ActivityHeld: it has begun.
    :raises ActivityCancelled: it was called off.
    :raises VersionConflict: somebody else changed it since it was read.
    """
    found = _planned(actor, code)
    with unit_of_work() as unit:
        kept = plans.checked(plan, now=clock.now())
        values = _values(found.district, kept, site, organiser)
        _update(unit, found, version, **values)
        audit.record(
            unit,
            actor=actor,
            verb="activity.change",
            subject=f"activity:{found.id}",
            district=found.district,
            starts_at=[_told(found.starts_at), _told(kept.starts_at)],
        )
        return unit.refer(code)


def cancel(*, actor: Actor, code: str, reason: str) -> str:
    """Call an event off, with the reason that everybody reads.

    :raises ActivityHeld: it has begun.
    """
    found = _planned(actor, code)
    faults = Faults()
    kept = faults.text("reason", reason, most=plans.LONGEST_REASON)
    faults.stop()
    with unit_of_work() as unit:
        _update(unit, found, None, state=State.CANCELLED, cancel_reason=kept)
        audit.record(
            unit,
            actor=actor,
            verb="activity.cancel",
            subject=f"activity:{found.id}",
            district=found.district,
        )
        return unit.refer(code)


def require_planner(actor: Actor, district: str) -> None:
    """Let officers pass, and clerks whose site holds events.

    :raises Forbidden: the clerk's station does not.
    """
    require_role(actor, *PLANNERS)
    require(actor, *(Right(role, district=district) for role in PLANNERS))
    clerks.require_feature(actor, district, Feature.HOLD_ACTIVITIES)


def _planned(actor: Actor, code: str) -> ActivityView:
    require_role(actor, *PLANNERS)
    found = queries.activity(code)
    require_planner(actor, found.district)
    if found.state == State.CANCELLED:
        raise ActivityCancelled
    if not found.may_be_changed:
        raise ActivityHeld
    return found


def _values(district: str, plan: Plan, site: str | None, organiser: str | None) -> dict[str, object]:
    faults = Faults()
    site_id = _site(faults, district, site) if site else None
    organiser_id = _organiser(faults, district, organiser) if organiser else None
    faults.stop()
    return {
        "title": plan.title,
        "kind": plan.kind,
        "about": plan.about,
        "place": plan.place,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "capacity": plan.capacity,
        "site_id": site_id,
        "organiser_id": organiser_id,
    }


def _site(faults: Faults, district: str, code: str) -> int | None:
    try:
        found = districts.site(code)
    except NotFound:
        found = None
    if found is None or found.district != district or found.is_closed:
        faults.add("site", "unknown", _l("本区没有这个站点。请从列出的几项里选，或留空。"))
        return None
    return found.id


def _organiser(faults: Faults, district: str, code: str) -> int | None:
    try:
        found = organisations.by_code(code)
    except NotFound:
        found = None
    if found is None or found.kind != "training_body" or found.district != district:
        faults.add("organiser", "unknown", _l("本区没有这家培训机构。请从列出的几项里选，或留空。"))
        return None
    return found.id


def _update(unit: Unit, found: ActivityView, version: int | None, **values: object) -> None:
    conditions = [Activity.id == found.id, Activity.state == State.ANNOUNCED]
    if version is not None:
        conditions.append(Activity.version == version)
    changed = unit.session.execute(
        update(Activity)
        .where(*conditions)
        .values(version=Activity.version + 1, **values)
        .returning(Activity.id)
    ).scalar()
    if changed is None:
        raise VersionConflict(activity=found.code)


def _told(at: datetime) -> str:
    return at.isoformat()
