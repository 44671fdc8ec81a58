"""The few pages of the house itself: the language switch and the reader of the JSON addresses."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from skillhub.base.errors import NotFound
from skillhub.base.i18n import LANGUAGES
from skillhub.web import api, api_docs, openapi, paths

bp = Blueprint("web", __name__, static_folder="static", static_url_path="/static")


@bp.get("/language/<chosen>")
def language(chosen: str) -> ResponseReturnValue:
    """Remember the reader's language in this browser and go back.

    :raises NotFound: it is not one of ours.
    """
    if chosen not in LANGUAGES:
        raise NotFound
    session["language"] = chosen
    return redirect(paths.own(request.args.get("next")))


@bp.get("/api/v1/openapi.json")
@api.operation(_l("这份说明"), scope=None, answer=None, public=True)
def document() -> Response:
    """Return the description of all JSON addresses."""
    return api.answer(openapi.document())


@bp.get("/api/docs")
def docs() -> ResponseReturnValue:
    """Show the description to people."""
    return render_template("web/docs.html", contents=api_docs.contents())
