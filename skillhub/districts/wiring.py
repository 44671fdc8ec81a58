"""The only place that tells lower floors which districts there are."""

from __future__ import annotations

from flask import Flask

from skillhub.accounts import places
from skillhub.districts import queries
from skillhub.web import requests


def wire(_app: Flask) -> None:
    """Let pages wear a district's plate, and let people choose theirs."""
    requests.use_districts(queries.district)
    places.use(queries.districts)
