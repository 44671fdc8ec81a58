"""The only place that reads courses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from skillhub.base import cursors, paging
from skillhub.base.db import db
from skillhub.base.errors import NotFound
from skillhub.base.paging import Page
from skillhub.courses.model import Course

MOST_LISTED = 500


@dataclass(frozen=True)
class CourseView:
    """One course."""

    id: int
    code: str
    district: str
    name: str
    occupation: str | None
    trade: str
    level: str | None
    theory_hours: int
    practice_hours: int
    minutes_per_hour: int
    kind: str | None

    @property
    def hours(self) -> int:
        """All its class hours."""
        return self.theory_hours + self.practice_hours


COLUMNS = (
    Course.id,
    Course.code,
    Course.district_code,
    Course.name,
    Course.occupation,
    Course.trade,
    Course.level,
    Course.theory_hours,
    Course.practice_hours,
    Course.minutes_per_hour,
    Course.kind,
)


def course(course_id: int) -> CourseView:
    """Return one course.

    :raises NotFound: there is none.
    """
    return _one(Course.id == course_id)


def by_code(code: str) -> CourseView:
    """Return one course by its code.

    :raises NotFound: there is none.
    """
    return _one(Course.code == code)


def many(ids: Collection[int]) -> dict[int, CourseView]:
    """Return several courses by id; what does not exist is left out."""
    wanted = sorted(set(ids))
    views = [
        view
        for start in range(0, len(wanted), 500)
        for view in _all(Course.id.in_(wanted[start : start + 500]))
    ]
    return {view.id: view for view in views}


def of_district(district: str) -> tuple[CourseView, ...]:
    """Return what a district teaches, by trade and name (for choosing from)."""
    rows = db.session.execute(
        select(*COLUMNS)
        .where(Course.district_code == district)
        .order_by(Course.trade, Course.name, Course.id)
        .limit(MOST_LISTED)
    )
    return tuple(CourseView(*row) for row in rows)


def listed(*, district: str | None = None, after: str | None = None, limit: int = 50) -> Page[CourseView]:
    """Return a page of courses, of one district or of all, the newest first."""
    statement = select(*COLUMNS).order_by(Course.id.desc()).limit(limit + 1)
    if district is not None:
        statement = statement.where(Course.district_code == district)
    last = cursors.number(after)
    if last is not None:
        statement = statement.where(Course.id < last)
    rows = [CourseView(*row) for row in db.session.execute(statement)]
    return paging.page(rows, limit, lambda view: view.id)


def qualifying(trade: str, district: str) -> tuple[CourseView, ...]:
    """Return the courses of a district that lead to a trade: taught under its name, or named after it."""
    return tuple(view for view in of_district(district) if trade in (view.trade, view.name))


def same(*, district: str, name: str, occupation: str | None, trade: str, level: str | None) -> str | None:
    """Return the code of a district's course with this name and key in the trade, None if there is none."""
    return db.session.scalar(
        select(Course.code).where(
            Course.district_code == district,
            Course.name == name,
            Course.trade == trade,
            Course.occupation.is_not_distinct_from(occupation),
            Course.level.is_not_distinct_from(level),
        )
    )


def _one(condition: ColumnElement[bool]) -> CourseView:
    found = _all(condition)
    if not found:
        raise NotFound
    return found[0]


def _all(condition: ColumnElement[bool]) -> list[CourseView]:
    return [CourseView(*row) for row in db.session.execute(select(*COLUMNS).where(condition))]
