"""The address where strangers find the public keys of allocation logs."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from skillhub.courses.queries import allocation_logs as queries
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.queue_log.keys import ADDRESS

bp = Blueprint("allocation_keys", __name__)


@bp.get(ADDRESS)
def published() -> Response:
    """Return every key that signs or has signed."""
    text = json.dumps(queue_log.keys_document(queries.public_keys()), indent=1) + "\n"
    response = Response(text, mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
