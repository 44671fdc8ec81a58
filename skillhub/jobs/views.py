"""The public page of jobs: each with its source, its age, and the course that qualifies for it."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from skillhub.base import paging
from skillhub.base.access import Role
from skillhub.districts import queries as districts
from skillhub.jobs import queries
from skillhub.web import menus, requests

bp = Blueprint("jobs", __name__)
menus.add(Role.TRAINEE, "jobs.jobs", _l("岗位"), order=40)
MOST = 30

FLAGS = {
    "pay_missing": _l("没写报酬"),
    "pay_implausible": _l("报酬数字可疑，请先问清"),
    "employer_missing": _l("没写用人单位"),
    "headcount_missing": _l("没写人数"),
    "visit_missing": _l("还没有探岗"),
    "place_missing": _l("没写地点"),
}
PROBLEMS = {
    "gone": _l("来源文件不见了"),
    "too_large": _l("来源文件太大"),
    "unreadable": _l("来源文件读不懂"),
}


@bp.get("/jobs")
def jobs() -> ResponseReturnValue:
    """List postings, thirty to a page."""
    district = request.args.get("district") or (person.district if (person := requests.person()) else None)
    if district:
        requests.show_district(districts.district(district).code)
    cursor = paging.after(request.args.get("after"))
    found = queries.postings(district=district, after=cursor if isinstance(cursor, int) else 0, limit=MOST)
    page = paging.page(found, MOST, lambda job: job.id)
    return render_template(
        "jobs/jobs.html",
        page=page,
        feeds=queries.feeds(district),
        district=district,
        flags=FLAGS,
        problems=PROBLEMS,
    )
