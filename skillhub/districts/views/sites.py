"""The public directory of sites: a page, and a table to download."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from skillhub.districts import directory, queries
from skillhub.districts.queries import DistrictView
from skillhub.districts.queries.sites import matching
from skillhub.districts.rules import kinds
from skillhub.web import requests
from skillhub.web import words as language

bp = Blueprint("sites", __name__)


@bp.get("/sites")
def listed() -> ResponseReturnValue:
    """Show every market, centre and station, all or those of one district."""
    chosen = _chosen()
    if chosen:
        requests.show_district(chosen.code)
    known = queries.districts()
    words = request.args.get("q", "").strip()
    found = matching(queries.sites(chosen.code if chosen else None), words)
    return render_template(
        "districts/sites.html",
        chosen=chosen,
        districts=known,
        names={each.code: each.name_en if language.is_english() else each.name for each in known},
        nodes=queries.tree(found),
        words=words,
        kind=kinds.word,
    )


@bp.get("/sites.csv")
def table() -> ResponseReturnValue:
    """Return the same as CSV, with a byte order mark."""
    chosen = _chosen()
    return Response(
        directory.table(queries.sites(chosen.code if chosen else None), queries.districts()),
        content_type=f"{directory.MEDIA_TYPE}; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="sites.csv"'},
    )


def _chosen() -> DistrictView | None:
    code = request.args.get("district")
    return queries.district(code) if code else None
