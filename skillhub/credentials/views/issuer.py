"""What strangers fetch: keys, status lists, a page that checks without us; for everybody, no cookie."""

from __future__ import annotations

import mimetypes

from flask import Blueprint, Response

from skillhub.base.errors import NotFound
from skillhub.credentials import offline, public
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


@bp.get("/verify/offline/")
def offline_page() -> Response:
    """Hand out the page that checks codes without a network."""
    return _page_file("index.html")


@bp.get("/verify/offline/<part>")
def offline_file(part: str) -> Response:
    """Hand out what belongs to that page, in English too."""
    if part not in offline.NAMES:
        raise NotFound
    return _page_file(part)


def _page_file(name: str) -> Response:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = _for_all(offline.file(name), f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
    response.headers["Content-Security-Policy"] = offline.POLICY + "; frame-ancestors 'none'"
    response.headers["Service-Worker-Allowed"] = "/verify"
    return response
