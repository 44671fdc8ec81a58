"""What all JSON addresses share: shapes, reading a body, and the decorators that guard a view."""

from __future__ import annotations

from skillhub.web.api.operations import Operation, Outcome, operation, writing
from skillhub.web.api.reading import LARGEST_BODY, query, read
from skillhub.web.api.shapes import Code, Listing, Shape, answer, listed, plain

__all__ = [
    "LARGEST_BODY",
    "Code",
    "Listing",
    "Operation",
    "Outcome",
    "Shape",
    "answer",
    "listed",
    "operation",
    "plain",
    "query",
    "read",
    "writing",
]
