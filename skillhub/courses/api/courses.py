"""JSON addresses of courses."""

from __future__ import annotations

from flask import Blueprint

from skillhub.base import paging
from skillhub.base.access import Role, Scope, require_role
from skillhub.courses.api import tokens
from skillhub.courses.queries import courses as queries
from skillhub.courses.queries.courses import CourseView
from skillhub.courses.service import courses as service
from skillhub.web import api, requests

bp = Blueprint("courses_api", __name__, url_prefix="/api/v1")


class CoursePost(api.Shape):
    """A course; occupation, trade and level together are its key in the trade."""

    district: api.Code
    name: str
    occupation: api.Code | None = None
    trade: str
    level: api.Code | None = None
    theory_hours: int
    practice_hours: int


class CourseShape(api.Shape):
    """A course with its code."""

    code: str
    district: str
    name: str
    occupation: str | None
    trade: str
    level: str | None
    theory_hours: int
    practice_hours: int
    minutes_per_hour: int


class CourseQuery(api.Shape):
    """Which courses."""

    district: str | None = None
    after: str | None = None


@bp.get("/courses")
@api.operation("课程", scope=None, query=CourseQuery, answer=api.Listing[CourseShape], public=True)
def get_courses() -> api.Listing[CourseShape]:
    """List what is taught, the newest first."""
    asked = api.query(CourseQuery)
    page = queries.listed(district=asked.district, after=asked.after, limit=paging.MOST)
    return api.listed(page, shape)


@bp.get("/courses/<code>")
@api.operation("一门课程", scope=None, answer=CourseShape, public=True)
def get_course(code: str) -> CourseShape:
    """Show one course."""
    return shape(queries.by_code(code))


@bp.post("/courses")
@api.operation("登记课程", scope=None, body=CoursePost, answer=CourseShape, status=201)
@api.writing(show=lambda code: shape(queries.by_code(code)))
def post_course() -> str:
    """Put a course of the caller's district on file."""
    actor = requests.actor()
    require_role(actor, Role.SCHOOL, Role.OFFICER)
    tokens.require_any(actor, Scope.TEACH, Scope.DECIDE)
    sent = api.read(CoursePost)
    return service.add(
        actor=actor,
        district=sent.district,
        name=sent.name,
        occupation=sent.occupation,
        trade=sent.trade,
        level=sent.level,
        theory_hours=sent.theory_hours,
        practice_hours=sent.practice_hours,
    )


def shape(view: CourseView) -> CourseShape:
    """Return a course as programs see it."""
    return CourseShape(
        code=view.code,
        district=view.district,
        name=view.name,
        occupation=view.occupation,
        trade=view.trade,
        level=view.level,
        theory_hours=view.theory_hours,
        practice_hours=view.practice_hours,
        minutes_per_hour=view.minutes_per_hour,
    )
