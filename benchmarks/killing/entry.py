"""`python -m killing.entry`: the product's web server, whose processes mark how far an application has come.

`KILLING_MARKS` names the folder of the marks. `KILLING_VARIANT` breaks the product on purpose, so that
what counts losses and doubles can show that it would see them: `hasty` acknowledges before it commits,
`forgetful` knows neither keys nor who has applied before.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.wsgi import ClosingIterator

from killing.marks import Marks, Phase
from skillhub import config
from skillhub.base import db as database
from skillhub.base.db import Unit, db
from skillhub.command.server import Server
from skillhub.courses.model import Application
from skillhub.courses.queries import admissions

FOLLOWED = re.compile(r"/api/v1/batches/[^/]+/applications")
DWELL_SECONDS = 0.05
HASTY, FORGETFUL = "hasty", "forgetful"


class MarkedServer(Server):
    """The product's server; nothing differs but that it keeps marks, or is broken on purpose."""

    def load(self) -> Any:
        """Build the application of this process, with marks."""
        app = super().load()
        variant = os.environ.get("KILLING_VARIANT", "")
        if variant == FORGETFUL:
            _forget()
        return Followed(app, Marks(Path(os.environ["KILLING_MARKS"])), variant)


class Followed:
    """The application with marks around it."""

    def __init__(self, app: Flask, marks: Marks, variant: str) -> None:
        self._app = app
        self._marks = marks
        self._variant = variant
        self._replies: dict[int, Callable[..., Any]] = {}
        with app.app_context():
            event.listen(db.engine, "after_cursor_execute", self._executed)
        event.listen(Session, "after_commit", lambda _session: self._committed())
        if variant == HASTY:
            database.before_commit(self._acknowledge)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer; only applications are followed."""
        if environ["REQUEST_METHOD"] != "POST" or not FOLLOWED.fullmatch(environ["PATH_INFO"]):
            return self._app(environ, start_response)
        self._marks.begin()
        if self._variant == HASTY:
            return ClosingIterator(self._hastily(environ, start_response), self._marks.end)
        answer = self._app(environ, start_response)
        if self._variant == FORGETFUL:
            time.sleep(DWELL_SECONDS)
        return ClosingIterator(answer, self._marks.end)

    def _executed(self, *_told: object) -> None:
        self._marks.reach(Phase.WRITING if database.in_unit_of_work() else Phase.LOOKING)

    def _committed(self) -> None:
        if self._variant == HASTY:
            self._marks.end()  # what was acknowledged is kept now; before that it can be lost
        elif self._marks.phase is Phase.WRITING:
            self._marks.reach(Phase.KEPT)

    def _hastily(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        thread = threading.get_ident()
        self._replies[thread] = start_response
        late: list[Any] = []
        answer = list(self._app(environ, lambda *told: late.append(told)))
        if self._replies.pop(thread, None) is None:
            return []  # it has been acknowledged already
        start_response(*late[0])
        return answer

    def _acknowledge(self, unit: Unit) -> None:
        start_response = self._replies.pop(threading.get_ident(), None)
        if start_response is None:
            return
        row = unit.session.execute(
            select(Application.receipt, Application.order_no, Application.state).where(
                Application.receipt == unit.reference
            )
        ).one()
        body = json.dumps(row._asdict()).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("201 CREATED", headers)(body)
        self._marks.reach(Phase.KEPT)  # so it believes
        time.sleep(DWELL_SECONDS)


def _forget() -> None:
    real = admissions.look
    admissions.look = lambda **asked: replace(real(**asked), held=None, kept=None)  # type: ignore[assignment]


def main() -> None:
    """Serve until told to end."""
    MarkedServer(config.read(os.environ, Path(os.environ["SKILLHUB_DATA"]) / "settings.env")).run()


if __name__ == "__main__":
    main()
