"""Puts courses on file; the only place that writes them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert

from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor, Right, Role, require, require_role
from skillhub.base.db import Unit, unit_of_work
from skillhub.base.errors import FieldError, Invalid, NotFound
from skillhub.courses.errors.courses import CourseKnown
from skillhub.courses.model import Course
from skillhub.courses.queries import courses as queries
from skillhub.courses.rules import courses as rules
from skillhub.courses.rules.courses import USUAL_MINUTES_PER_HOUR, Outline
from skillhub.districts import queries as districts

ADDERS = (Role.SCHOOL, Role.OFFICER)


def add(
    *,
    actor: Actor,
    district: str,
    name: str,
    trade: str,
    theory_hours: int,
    practice_hours: int,
    occupation: str | None = None,
    level: str | None = None,
    minutes_per_hour: int = USUAL_MINUTES_PER_HOUR,
    kind: str | None = None,
) -> str:
    """Put a course of a district on file and return its code.

    :raises Forbidden: the actor is neither a training body nor an officer.
    :raises NotFound: the actor is one, but of another district.
    :raises Invalid: with every wrong field.
    :raises CourseKnown: the district has it already.
    """
    with unit_of_work() as unit:
        return add_in(
            unit,
            actor=actor,
            district=district,
            name=name,
            trade=trade,
            theory_hours=theory_hours,
            practice_hours=practice_hours,
            occupation=occupation,
            level=level,
            minutes_per_hour=minutes_per_hour,
            kind=kind,
        )


def add_in(
    unit: Unit,
    *,
    actor: Actor,
    district: str,
    name: str,
    trade: str,
    theory_hours: int,
    practice_hours: int,
    occupation: str | None = None,
    level: str | None = None,
    minutes_per_hour: int = USUAL_MINUTES_PER_HOUR,
    kind: str | None = None,
    code: str | None = None,
) -> str:
    """Put a course on file inside a unit; `code` is given only to courses that had one before this system."""
    require_role(actor, *ADDERS)
    _check_district(district)
    require(actor, *(Right(role, district=district) for role in ADDERS))
    outline = rules.checked(
        Outline(
            name=name,
            occupation=occupation,
            trade=trade,
            level=level,
            theory_hours=theory_hours,
            practice_hours=practice_hours,
            minutes_per_hour=minutes_per_hour,
            kind=kind,
        )
    )
    return _keep(unit, actor=actor, district=district, outline=outline, code=code)


def _keep(unit: Unit, *, actor: Actor, district: str, outline: Outline, code: str | None) -> str:
    # The series' row is locked from here on, so of two equal courses filed at once the second sees the first.
    number = ids.next_number(unit, f"course:{district}")
    known = queries.same(
        district=district,
        name=outline.name,
        occupation=outline.occupation,
        trade=outline.trade,
        level=outline.level,
    )
    if known is not None:
        raise CourseKnown(course=known)
    kept = code or f"C-{district}-{number:03d}"
    course_id = unit.session.execute(
        insert(Course)
        .values(
            code=kept,
            district_code=district,
            name=outline.name,
            occupation=outline.occupation,
            trade=outline.trade,
            level=outline.level,
            theory_hours=outline.theory_hours,
            practice_hours=outline.practice_hours,
            minutes_per_hour=outline.minutes_per_hour,
            kind=outline.kind,
            created_at=clock.now(),
        )
        .returning(Course.id)
    ).scalar_one()
    audit.record(
        unit, actor=actor, verb="course.add", subject=f"course:{course_id}", district=district, course=kept
    )
    return unit.refer(kept)


def _check_district(code: str) -> None:
    try:
        districts.district(code)
    except NotFound:
        raise Invalid(
            FieldError("district", "unknown", _l("没有这个区。请填6位区划代码，比如130202。"))
        ) from None
