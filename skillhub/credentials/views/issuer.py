"""What strangers' programs fetch: the issuer's keys and its status lists; for everybody, no cookie."""

from __future__ import annotations

from flask import Blueprint, Response

from skillhub.credentials import public
from skillhub.credentials.queries import issuer
from skillhub.web.headers import FOR_ALL

bp = Blueprint("issuer", __name__)
KEPT_SECONDS = 60
CREDENTIAL = "application/vc+json"


def _for_all(data: bytes, media_type: str) -> Response:
    response = Response(data, content_type=media_type)
    response.headers[FOR_ALL] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.add_etag()
    return response


@bp.get("/.well-known/did.json")
def keys() -> Response:
    """Name the issuer's keys."""
    return _for_all(public.did_json(), "application/did+json")


@bp.get("/credentials/status/<int:number>")
def status_list(number: int) -> Response:
    """Hand out a signed status list."""
    return _for_all(issuer.status_list(number).encode(), CREDENTIAL)
