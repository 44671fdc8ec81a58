"""A program for tests: a postman on the database and towards the SMS gateway that its arguments name."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask

from skillhub.base import egress, post, seal
from skillhub.base.db import WORKER_WAIT_MS, Model, db, guard
from skillhub.base.outbox.delivery import Postman
from skillhub.base.post import Channel, Gateways
from skillhub.base.post.sms import SmsGateway

LEASE = timedelta(seconds=2)
TABLES = ("outbox_message", "message_try", "message_gateway", "number_series")


def small_app(url, keys):
    """Return an application with the database, the keys, and nothing else."""
    app = Flask("tests")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.extensions["skillhub.keyring"] = seal.load(Path(keys))
    db.init_app(app)
    with app.app_context():
        guard(db.engine, wait_ms=WORKER_WAIT_MS)
    return app


def make_tables():
    """Make what messages need."""
    Model.metadata.create_all(db.engine, [Model.metadata.tables[name] for name in TABLES])


def gateways(url):
    """Return an SMS gateway at this address."""
    host = url.split("/")[2].partition(":")[0]
    body = {"to": "{to}", "text": "{text}", "id": "{id}"}
    allowed = egress.Allowed(frozenset({host}))
    return Gateways({Channel.SMS: SmsGateway(url=url, headers={}, body=body, allowed=allowed)})


def main(url, keys, gateway):
    """Send what is due, for ever."""
    app = small_app(url, keys)
    post.use(app, gateways(gateway))
    with app.app_context():
        while True:
            if not Postman(post.in_use(), lease=LEASE).turn(Channel.SMS):
                time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
