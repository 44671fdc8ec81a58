"""Where upper floors are told what happens below: plugins, events and providers are connected here."""

from __future__ import annotations

import logging

from flask import Flask
from sqlalchemy import text

from skillhub.accounts import wiring as accounts_wiring
from skillhub.base import access, audit_seal, post, work
from skillhub.base.db import db, in_unit_of_work
from skillhub.base.outbox import delivery as _delivery  # noqa: F401 (registers what the worker repeats)
from skillhub.base.outbox import health as outbox_health
from skillhub.config import Config, Profile
from skillhub.courses.api import orders as orders_api
from skillhub.courses.queries import admissions
from skillhub.courses.service import allocation_logs, rounds
from skillhub.credentials import wiring as credentials_wiring
from skillhub.demo import wiring as demo_wiring
from skillhub.districts import queries as districts
from skillhub.districts import wiring as districts_wiring
from skillhub.districts.service import packages
from skillhub.jobs import service as jobs
from skillhub.plugins import discover
from skillhub.plugins.bus import Bus
from skillhub.plugins.workers import Pool
from skillhub.reports.queries import funnels
from skillhub.subsidy.queries import facts as subsidy_facts
from skillhub.subsidy.service import replays
from skillhub.web import health

log = logging.getLogger("skillhub")
FEEDS_EVERY_SECONDS = 60.0
REPEATED = (audit_seal.seal_new, rounds.keep_lines)
"""What the worker repeats besides: naming them here loads the modules that register them."""
LOGS_EVERY_SECONDS = 2.0


def connect(app: Flask, config: Config) -> None:
    """Load the plugins and connect what one floor offers to another."""
    _load_plugins(app, config)
    accounts_wiring.wire(app)
    districts_wiring.wire(app)
    credentials_wiring.wire(app)
    orders_api.use_funnel(funnels.funnel)
    admissions.use_chances(subsidy_facts.paid)
    packages.use_dry_run(replays.latest)
    if config.profile == Profile.DEMO:
        demo_wiring.wire(app)
    health.add_check(app, "database", _database)
    health.add_check(app, "worker", _worker)
    post.use(app, config.gateways)
    health.add_check(app, "messages", _messages, is_needed=False)  # people can still sign in by password


@work.every(FEEDS_EVERY_SECONDS, "jobs.refresh")
def refresh_feeds() -> None:
    """Read what the districts have dropped since the last time (background work)."""
    for district in districts.districts():
        jobs.refresh(actor=access.system("jobs.refresh"), district=district.code)


@work.every(LOGS_EVERY_SECONDS, "courses.allocation_logs")
def write_allocation_logs() -> None:
    """Publish how the seats of batches were given out, as soon as their enrolment has closed."""
    allocation_logs.write_due()


def _database() -> str | None:
    db.session.execute(text("SELECT 1 FROM person WHERE id = 0"))
    return None


def _worker() -> str | None:
    return None if work.is_alive() else "the background worker is silent"


def _messages() -> str | None:
    return outbox_health.trouble(db.session(), post.in_use())


def _load_plugins(app: Flask, config: Config) -> None:
    bus = Bus(in_transaction=in_unit_of_work, apart=Pool())
    found = discover.load(
        bus,
        allowed_code=config.names(config.plugins_allowed),
        trusted=config.names(config.plugins_trusted),
        found=() if config.is_safe_mode else None,
    )
    app.extensions["skillhub.bus"] = bus
    app.extensions["skillhub.plugins"] = found
