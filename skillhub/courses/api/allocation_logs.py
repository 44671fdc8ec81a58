"""The JSON address of allocation logs: public, and the same bytes for everybody."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from flask import Blueprint, Response, request
from flask_babel import lazy_gettext as _l
from pydantic import Field

from skillhub.base.errors import NotFound
from skillhub.courses.errors.allocation_logs import LogNotPublished
from skillhub.courses.queries import allocation_logs as queries
from skillhub.web import api

bp = Blueprint("allocation_logs_api", __name__, url_prefix="/api/v1")

MEDIA_TYPE = "application/jsonl"


class EditionQuery(api.Shape):
    """Which edition; without it the newest."""

    edition: Annotated[int, Field(ge=1, le=1000)] | None = None


@bp.get("/batches/<code>/allocation-log")
@api.operation(
    _l("录取记录"), scope=None, query=EditionQuery, answer=None, public=True, media_type=MEDIA_TYPE
)
def get_allocation_log(code: str) -> Response:
    """Return how the seats were given out, as signed JSON lines; docs/allocation-log.md describes them.

    The first edition comes when enrolment has closed, a second one goes on from it when offers are over.
    """
    asked = api.query(EditionQuery)
    found = queries.published(code, asked.edition)
    if found is None and (asked.edition is not None or not queries.will_be(code)):
        raise NotFound
    if found is None:
        raise LogNotPublished(batch=code)
    response = Response(found.text, HTTPStatus.OK, content_type=f"{MEDIA_TYPE}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["Content-Disposition"] = (
        f'attachment; filename="allocation-log-{code}-{found.edition}.jsonl"'
    )
    response.set_etag(found.root)
    response.make_conditional(request)
    return response
