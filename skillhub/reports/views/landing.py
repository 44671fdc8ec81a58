"""The first page for everybody: what one can apply for now; who is signed in goes to the own home."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from skillhub.courses.queries import batch_lists
from skillhub.courses.queries.batches import BatchView
from skillhub.districts import queries as districts
from skillhub.districts.queries import DistrictView
from skillhub.web import menus, requests

bp = Blueprint("landing", __name__)

SHOWN_OF_EACH = 6


@dataclass(frozen=True)
class Line:
    """One district with the classes that people can still apply for; `more` says that there are others."""

    district: DistrictView
    batches: tuple[BatchView, ...]
    more: bool

    @property
    def open_now(self) -> int:
        """How many of them take applications at this moment."""
        return sum(each.is_open for each in self.batches)


@bp.get("/")
def landing() -> ResponseReturnValue:
    """Show strangers what is open; lead people to the home of their first role."""
    role = menus.worn(requests.actor())
    own = menus.of(role) if role else ()
    if own:
        return redirect(own[0].href)
    lines = [_line(each) for each in districts.districts()]
    return render_template(
        "reports/landing.html",
        lines=[each for each in lines if each.batches],
        quiet=[each.district for each in lines if not each.batches],
        open_now=sum(each.open_now for each in lines),
    )


def _line(district: DistrictView) -> Line:
    page = batch_lists.coming(district=district.code, limit=SHOWN_OF_EACH)
    return Line(district, page.items, page.next is not None)
