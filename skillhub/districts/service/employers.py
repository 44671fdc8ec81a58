"""The only place where the staff of a district registers employers and writes down visits to them."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import organisations
from skillhub.accounts.queries.organisations import EMPLOYERS, OrganisationView
from skillhub.accounts.service import organisations as service
from skillhub.base import clock
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import unit_of_work
from skillhub.base.errors import NotFound
from skillhub.base.faults import Faults
from skillhub.districts import queries
from skillhub.districts.queries import clerks
from skillhub.districts.rules.kinds import Feature

KEEPERS = (Role.OFFICER, Role.DESK)
READERS = (*KEEPERS, Role.AUDITOR)
LONGEST_RESULT = 200
LONGEST_NAME = 40
OLDEST_VISIT = timedelta(days=366)


def readable(actor: Actor, code: str) -> OrganisationView:
    """Return an employer that the staff of its district reads about.

    :raises NotFound: there is none for this actor.
    """
    require_role(actor, *READERS)
    found = organisations.by_code(code)
    require(actor, *(Right(role, district=found.district) for role in READERS))
    if found.kind not in EMPLOYERS:
        raise NotFound(employer=code)
    return found


def require_keeper(actor: Actor, district: str) -> None:
    """Let officers pass, and clerks whose site keeps the employers.

    :raises Forbidden: the clerk's station does not.
    """
    require_role(actor, *KEEPERS)
    require(actor, *(Right(role, district=district) for role in KEEPERS))
    clerks.require_feature(actor, district, Feature.KEEP_EMPLOYERS)


def register(
    *,
    actor: Actor,
    district: str,
    kind: str,
    name: str,
    uscc: str | None,
    contact_name: str | None,
    contact_phone: str | None,
) -> str:
    """Put an employer on file and return its code.

    :raises Invalid: a field cannot be right, or its licence is on file already.
    """
    require_keeper(actor, district)
    faults = Faults()
    if kind not in EMPLOYERS:
        faults.add("kind", "not_listed", _l("请从列出的几项里选一项。"))
    whom = faults.text("contact_name", contact_name or "", most=LONGEST_NAME, is_needed=False)
    known = organisations.with_uscc(uscc) if uscc else None
    if known is not None and known.district == district:
        faults.add("uscc", "known", _l("这家单位已经登记过，编号是%(code)s。", code=known.code))
    faults.stop()
    return service.register(
        actor=actor,
        kind=kind,
        district=district,
        name=name,
        uscc=uscc,
        contact_name=whom or None,
        contact_phone=contact_phone,
    )


def record_visit(*, actor: Actor, code: str, on: date, by: str, result: str) -> str:
    """Write down what was found at an employer's on a day that lies behind.

    :raises Invalid: a field cannot be right.
    """
    found = readable(actor, code)
    require_keeper(actor, found.district)
    today = clock.today(queries.district(found.district).zone)
    faults = Faults()
    who = faults.text("by", by, most=LONGEST_NAME)
    what = faults.text("result", result, most=LONGEST_RESULT)
    if on > today:
        faults.add("on", "in_the_future", _l("这一天还没有到。请填实际去看的日期。"))
    elif on < today - OLDEST_VISIT:
        faults.add("on", "too_old", _l("这是一年多以前了。请重新去看，再来记。"))
    faults.stop()
    with unit_of_work() as unit:
        service.record_visit_in(unit, actor=actor, organisation_id=found.id, on=on, by=who, result=what)
        return unit.refer(code)
