"""The home of schools and trainers: today's lessons, then what the record of each class still lacks."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from skillhub.base import clock
from skillhub.base.access import Role, require_role
from skillhub.reports.queries import teaching
from skillhub.reports.queries.teaching import Lack
from skillhub.web import menus, requests

bp = Blueprint("teach", __name__)
menus.add(Role.SCHOOL, "teach.home", _l("首页"), 0)
menus.add(Role.TRAINER, "teach.home", _l("首页"), 0)

LACKS = {
    Lack.ATTENDANCE: (_l("补点名"), _l("没有点名")),
    Lack.MARKS: (_l("登记成绩"), _l("没有登记成绩")),
    Lack.CERTIFICATES: (_l("发证"), _l("合格，还没有发证")),
    Lack.CLAIM: (_l("申请补贴"), _l("已发证，还没有申请补贴")),
}
"""For each thing that a record lacks: the act, and the state in which the people stand."""


@bp.get("/teach")
def home() -> ResponseReturnValue:
    """Show what the reader's classes ask for today."""
    actor = requests.actor()
    require_role(actor, Role.SCHOOL, Role.TRAINER)
    return render_template(
        "reports/teach.html",
        teaching=teaching.of_actor(actor),
        lacks=LACKS,
        now=clock.now(),
        may_file=actor.has(Role.SCHOOL),
    )
