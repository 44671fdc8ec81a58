"""The printable poster of a batch with its QR and short code, and the short address that both lead to."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from skillhub.base import qr
from skillhub.base.errors import NotFound
from skillhub.courses.queries import batch_rights
from skillhub.courses.queries import batches as queries
from skillhub.courses.views import batches as batch_pages
from skillhub.courses.views import stops
from skillhub.web import requests

bp = Blueprint("posters", __name__)


@bp.get("/b/<short_code>")
def short(short_code: str) -> ResponseReturnValue:
    """Show the batch of a short code; an invitation goes along in the address."""
    return batch_pages.batch(queries.code_of_short(short_code.lower()))


@bp.get("/batches/<code>/poster")
def poster(code: str) -> ResponseReturnValue:
    """Show an A4 page to print and to put up."""
    found = batch_rights.visible(actor=requests.actor(), code=code)
    if found.short_code is None:
        raise NotFound  # nothing to scan before it is published
    requests.show_district(found.district)
    address = url_for(".short", short_code=found.short_code, _external=True)
    return render_template(
        "courses/poster.html",
        batch=found,
        face=queries.face(found),
        address=address,
        qr=_qr(address),
        stops=stops.of_sessions(found),
    )


def _qr(text: str) -> tuple[int, str]:
    """Return the side of a QR code in modules, and its dark modules as one path."""
    code = qr.picture(text)
    places = ((x, y) for y in range(code.height) for x in range(code.width))
    return code.width, "".join(f"M{x} {y}h1v1h-1z" for x, y in places if not code.getpixel((x, y)))
