"""What certificates cost: signatures a second, a paper against a bare page, and a worker that is killed.

    python benchmarks/certificates.py [--count 10000] [--kill-every 5] [--rounds 3] [--seconds 10]

Prints JSON. `signatures`: seconds of one core for one credential, read and checked by the closed
model before and after, and as floor the bare Ed25519 signature over ready bytes. `paper`: seconds for
a certificate with both QR codes, fonts and the credential attached, and as floor a bare ReportLab
page with the same words in the same faces. `killed`: so many certificates signed on SQLite by a
process that is killed at random, with how often that was, what is missing, doubled or changed
afterwards, and the seconds in which all of them are then taken back together. `served`: the verify page
for sixteen clients, and a certificate on a phone (see `verifying`). Figures are medians of the rounds.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import verifying
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import event, func, select

from skillhub.app import create_app
from skillhub.base import clock, schema, seal, work
from skillhub.base.db import db, unit_of_work
from skillhub.config import Config
from skillhub.courses.queries import batches
from skillhub.credentials import attachment, pdf, service
from skillhub.credentials.model import Certificate, Credential
from skillhub.credentials.pdf import faces
from skillhub.credentials.rules.facts import Status
from skillhub.credentials.rules.recalls import Common, Kind
from skillhub.credentials.service import signing as signing_service
from skillhub.credentials.vc import badge, compact, did, proof, signing
from skillhub.credentials.vc.shapes import Badge
from skillhub.testing.factories.base import LUNAN, Persons, make_districts
from skillhub.testing.factories.credentials import Classes
from skillhub.testing.factories.many import copied
from skillhub.testing.factories.papers import FACTS

HOST = "demo.skillhub.example"
DAY = datetime(2025, 11, 10, 1, 0, tzinfo=UTC)
AT_ONCE = 60


def each(call: Callable[[], object]) -> float:
    """Return the seconds of processor time that one call takes."""
    start = time.process_time()
    for _ in range(AT_ONCE):
        call()
    return (time.process_time() - start) / AT_ONCE


def compared(figure: Callable[[], object], floor: Callable[[], object], rounds: int) -> dict[str, float]:
    """Return the medians of both, measured in turn, and their ratio."""
    figure(), floor()
    pairs = [(each(figure), each(floor)) for _ in range(rounds)]
    high, low = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {"figure_s": high, "floor_s": low, "ratio": high / low, "a_second": 1 / high}


def unsigned() -> dict[str, Any]:
    """Return a credential as the worker freezes it."""
    place = badge.Place(
        host=HOST,
        public_id="cABCDEFGHIJKLMNOPQRSTUV",
        subject=f"urn:uuid:{uuid.uuid4()}",
        list_number=1,
        index=4711,
    )
    return badge.unsigned(FACTS, place)


def signatures(rounds: int) -> dict[str, float]:
    """Measure signing."""
    key, document = Ed25519PrivateKey.generate(), unsigned()
    options = proof.options(
        created="2025-11-10T02:00:00Z", key=did.key_address(did.of_host(HOST), "key-2025-11")
    )
    ready = proof.hash_data(document, options)
    return compared(lambda: signing.signed(Badge, document, options, key), lambda: key.sign(ready), rounds)


def paper(rounds: int) -> dict[str, float]:
    """Measure drawing."""
    key = Ed25519PrivateKey.generate()
    options = proof.options(
        created="2025-11-10T02:00:00Z", key=did.key_address(did.of_host(HOST), "key-2025-11")
    )
    signed = signing.signed(Badge, unsigned(), options, key).encode()
    code = compact.sign(
        compact.frozen(FACTS, host=HOST, key_id="offline-2025-11", public_id="cABCDEFGHIJKLMNOPQRSTUV"), key
    )
    address = f"https://{HOST}/verify/cABCDEFGHIJKLMNOPQRSTUV"
    faces.register()

    def whole() -> bytes:
        return attachment.attached(pdf.draw(FACTS, address=address, code=code, hue=214), signed)

    words = words_on(whole())
    return compared(whole, lambda: bare_page(words), rounds)


def bare_page(words: Sequence[tuple[str, str]]) -> bytes:
    """Write words with their faces one below the other, and nothing else."""
    target = io.BytesIO()
    canvas = Canvas(target, invariant=1, pageCompression=1, initialFontName=faces.REGULAR)
    for place, (face, text) in enumerate(words):
        canvas.setFont(face, 12)
        canvas.drawString(72, 780 - 19 * place, text)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def words_on(paper: bytes) -> list[tuple[str, str]]:
    """Return the words on a paper, each with its face, line by line."""
    found: list[tuple[str, str]] = []

    def note(text: str, _matrix: Any, _at: Any, font: Any, _size: Any) -> None:
        if text.strip():
            is_bold = str((font or {}).get("/BaseFont", "")).endswith("-Bold")
            found.append((faces.BOLD if is_bold else faces.REGULAR, text.strip()))

    pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text(visitor_text=note)
    return found


def killed(count: int, every: float) -> dict[str, float]:
    """Sign `count` certificates with a process that lives `every` seconds on average."""
    with tempfile.TemporaryDirectory(prefix="skillhub-bench-") as folder:
        url = f"sqlite:///{folder}/bench.sqlite"
        seal.make(Path(folder) / "keys")
        schema.upgrade(url)
        config = Config(profile="test", data=folder, keys=f"{folder}/keys", database_url=url)
        app = create_app(config, inline_work=True)
        with app.app_context(), clock.frozen_at(DAY):
            make_districts()
            made = Classes(Persons(LUNAN)).marked()
            with unit_of_work() as unit:
                first = service.issue_in(
                    unit, actor=made.school.actor, application_id=made.application_ids[0]
                )
            copied(first, count - 1)
        with app.app_context():
            return _until_all_are_signed(url, folder, count, every)


def _until_all_are_signed(url: str, folder: str, count: int, every: float) -> dict[str, float]:
    chance, kills, seen = random.Random(7), 0, {}  # noqa: S311 (moments, no secrets)
    start = time.monotonic()
    while _published() < count:
        process = subprocess.Popen([sys.executable, __file__, "--sign", url, folder])  # noqa: S603 (ourselves)
        end = time.monotonic() + chance.uniform(every * 0.6, every * 1.4)
        while time.monotonic() < end and _published() < count:
            time.sleep(0.1)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        db.session.rollback()
        rows = db.session.execute(select(Credential.certificate_id, Credential.payload, Credential.document))
        for row in rows:
            before = seen.get(row.certificate_id, (None, None))
            seen[row.certificate_id] = (before[0] or row.payload, before[1] or row.document)
    seconds = time.monotonic() - start
    db.session.rollback()
    rows = db.session.execute(
        select(Credential.certificate_id, Credential.payload, Credential.document)
    ).all()
    changed = sum((row.payload, row.document) != seen[row.certificate_id] for row in rows)
    doubled = len(rows) - len({row.certificate_id for row in rows})
    told = {
        "certificates": count,
        "kills": kills,
        "seconds": seconds,
        "missing": count - len(rows),
        "doubled": doubled,
        "changed": changed,
        "statements_for_each": _statements(),
    }
    return told | {"recalled_s": _recalled()}


def _recalled() -> float:
    """Return the seconds in which all are found, taken back, and listed as such by newly signed lists."""
    batch = db.session.scalars(select(Certificate.batch_id).limit(1)).one()
    first, second = Persons(LUNAN).officer(), Persons(LUNAN).officer()
    common = Common(Kind.BATCH, batches.batch_by_id(batch).code)
    start = time.monotonic()
    handle = service.recalls.ask(actor=first.actor, district=LUNAN, common=common, reason="题目泄露")
    service.recalls.confirm(actor=second.actor, recall=handle)
    work.drain()
    signing_service.bring_up_to_date()
    seconds = time.monotonic() - start
    left = db.session.scalar(select(func.count()).where(Certificate.status == Status.VALID.value))
    if left:
        raise RuntimeError(f"{left} are still in force")
    return seconds


def _published() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.count()).where(Credential.published_at.is_not(None))) or 0)


def _statements() -> float:
    """Count what the database is asked to sign five hundred more that wait."""
    counted: list[str] = []
    with unit_of_work() as unit:
        some = select(Credential.id).limit(500).scalar_subquery()
        unit.session.execute(
            Credential.__table__.update()
            .where(Credential.id.in_(some))
            .values(document=None, compact=None, published_at=None)
        )
    event.listen(db.engine, "before_cursor_execute", lambda *words: counted.append(words[2]))
    signing_service.bring_up_to_date()
    return len(counted) / 500


def sign(url: str, folder: str) -> None:
    """Sign until somebody kills the process."""
    config = Config(profile="test", data=folder, keys=f"{folder}/keys", database_url=url)
    with create_app(config, is_worker=True).app_context():
        while True:
            signing_service.bring_up_to_date()
            time.sleep(0.05)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--kill-every", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--sign", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.sign:
        sign(*asked.sign)
    found = {
        "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "load": os.getloadavg()[0]},
        "signatures": signatures(asked.rounds),
        "paper": paper(asked.rounds),
        "served": verifying.measure(asked.seconds, asked.rounds),
        "killed": killed(asked.count, asked.kill_every),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
