"""The only place that tells the floors below what rests on certificates."""

from __future__ import annotations

from flask import Flask

from skillhub.courses.service import kept
from skillhub.credentials import queries


def wire(_app: Flask) -> None:
    """Keep attendance and results from changing under a certificate that is in force."""
    kept.keep_where(queries.resting_on)
