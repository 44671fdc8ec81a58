"""Where upper floors are told what happens below: plugins, events and providers are connected here."""

from __future__ import annotations

import logging

from flask import Flask

from skillhub.accounts import wiring as accounts_wiring
from skillhub.base.db import in_unit_of_work
from skillhub.config import Config
from skillhub.credentials import wiring as credentials_wiring
from skillhub.districts import wiring as districts_wiring
from skillhub.plugins import discover
from skillhub.plugins.bus import Bus

log = logging.getLogger("skillhub")


def connect(app: Flask, config: Config) -> None:
    """Load the plugins and connect what one floor offers to another."""
    _load_plugins(app, config)
    accounts_wiring.wire(app)
    districts_wiring.wire(app)
    credentials_wiring.wire(app)


def _load_plugins(app: Flask, config: Config) -> None:
    bus = Bus(in_transaction=in_unit_of_work)
    found = discover.load(
        bus,
        allowed_code=config.names(config.plugins_allowed),
        trusted=config.names(config.plugins_trusted),
    )
    app.extensions["skillhub.bus"] = bus
    app.extensions["skillhub.plugins"] = found
