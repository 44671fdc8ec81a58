"""Public pages of batches: what people can apply for, and one batch with its answer in the largest type."""

from __future__ import annotations

import secrets

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_pgettext

from skillhub.base import clock
from skillhub.base.access import Role
from skillhub.base.errors import NotFound
from skillhub.courses.queries import allocation_logs, batch_lists, batch_rights, glance
from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules import eligibility
from skillhub.courses.rules.levels import LEVELS
from skillhub.courses.views import board, links, seat_rules, stops
from skillhub.districts import queries as districts
from skillhub.web import menus, requests

bp = Blueprint("batches", __name__)
menus.add(Role.TRAINEE, "batches.index", lazy_pgettext("menu", "班期"), 30)

JITTER_SECONDS = 5


@bp.get("/batches")
def index() -> ResponseReturnValue:
    """List what people can apply for: free seats first, then full, then opening later."""
    known = districts.districts()
    asked = request.args.get("district")
    if asked is None:
        asked = requests.district()
    if asked and asked not in {each.code for each in known}:
        raise NotFound
    if asked:
        requests.show_district(asked)
    page = batch_lists.coming(district=asked or None, after=request.args.get("after"))
    return render_template(
        "courses/batches.html",
        page=page,
        district=asked or "",
        districts=known,
        steps=_next_steps(page.items),
    )


@bp.get("/batches/<code>")
def batch(code: str) -> ResponseReturnValue:
    """Show one batch; shortly before it opens the page turns by itself."""
    face = glance.at(code)
    found = batch_rights.checked(actor=requests.actor(), found=face.batch)
    requests.show_district(found.district)
    promise = face.promise()
    response = make_response(
        render_template(
            "courses/batch.html",
            batch=found,
            face=face,
            answer=board.answer(found),
            levels=LEVELS,
            promise=promise,
            wage=eligibility.wage(promise) if promise else None,
            stops=stops.of_sessions(found),
            has_log=allocation_logs.has_published(found.id),
            preview=links.to("subsidy.preview", code=found.code),
            seat_rules=seat_rules.sentences(found),
        )
    )
    wait = found.opens_at - clock.now()
    if found.phase == "before" and wait < board.TURNS_WITHIN:
        jitter = secrets.randbelow(JITTER_SECONDS) + 1  # many wait for one minute
        response.headers["Refresh"] = str(int(wait.total_seconds()) + jitter)
    return response


def _next_steps(found: tuple[BatchView, ...]) -> dict[str, tuple[str, str]]:
    """Return for each batch of the list a status word and how it looks."""
    said: dict[str, tuple[str, str]] = {}
    for each in found:
        phase = each.phase
        if phase == "open":
            said[each.code] = (_("还剩%(n)s个名额", n=each.seats_left), "ok")
        elif phase == "full":
            said[each.code] = (_("已报满，可候补"), "wait")
        else:
            said[each.code] = (_("还没开始"), "none")
    return said
