"""One file per person: the whole chain on one page, for the staff concerned and for the person."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import people
from skillhub.activities.rules.doors import METHODS
from skillhub.base.access import Role, require_role
from skillhub.base.errors import NotFound
from skillhub.courses.rules.levels import LEVELS
from skillhub.courses.rules.results import WORDS as OUTCOMES
from skillhub.credentials.queries import certificates, external
from skillhub.reports.queries import files
from skillhub.reports.queries.files import WholeFile
from skillhub.subsidy import views as subsidy_views
from skillhub.subsidy.rules.decisions import Verdict
from skillhub.web import requests

bp = Blueprint("people", __name__)

WISHES = {"job": _l("找工作"), "course": _l("学技能"), "both": _l("找工作，也学技能")}
PURPOSES = {"basic": _l("登记和办事"), "face": _l("人脸"), "employers": _l("给用人单位看")}
VERDICTS = {
    Verdict.PAID: (_l("可以补"), "ok"),
    Verdict.REFUSED: (_l("不可以"), "bad"),
    Verdict.UNDECIDED: (_l("还没算出来"), "late"),
}


@bp.get("/people/<handle>")
def file(handle: str) -> ResponseReturnValue:
    """Open a person's file; that somebody did is put on record."""
    return _page(files.open_file(actor=requests.actor(), handle=handle))


@bp.get("/me/file")
def own() -> ResponseReturnValue:
    """Open one's own file."""
    actor = requests.actor()
    require_role(actor, Role.TRAINEE)
    if actor.person_id is None:
        raise NotFound
    return _page(files.open_file(actor=actor, handle=people.person(actor.person_id).handle))


def _page(found: WholeFile) -> ResponseReturnValue:
    requests.show_district(found.opened.person.district)
    return render_template(
        "reports/file.html",
        file=found,
        person=found.opened.person,
        wishes=WISHES,
        outcomes=OUTCOMES,
        verdicts=VERDICTS,
        claim_states=subsidy_views.STATES,
        purposes=PURPOSES,
        methods=METHODS,
        levels=LEVELS,
        districts=requests.actor().districts(*external.STAFF),
        may_register=requests.actor().has(Role.DESK, Role.OFFICER),
        printable={
            each.public_id for each in found.certificates if certificates.is_readable(requests.actor(), each)
        },
        may_open_claims=requests.actor().has(Role.OFFICER, Role.AUDITOR, Role.SCHOOL),
    )
