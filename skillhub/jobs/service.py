"""Reads the files that districts drop, through their plugins, and keeps the last good data.

A file that is gone or broken changes no posting: the feed shows what is wrong
and how old its data is. The plugin is asked before the unit of work.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import delete, insert, select, update

from skillhub import plugins
from skillhub.base import audit, clock, ids
from skillhub.base.access import Actor
from skillhub.base.db import Unit, db, unit_of_work
from skillhub.config import Config
from skillhub.districts import queries as districts
from skillhub.districts import switches
from skillhub.jobs.model import JobFeed, JobPosting

LARGEST_BYTES = 20 * 1024 * 1024
ENCODINGS = ("utf-8-sig", "gb18030")
SUFFIXES = (".json", ".csv")
GONE = "gone"
TOO_LARGE = "too_large"
UNREADABLE = "unreadable"


def drop_folder(district: str) -> Path:
    """Return the folder into which a district drops its feeds."""
    config: Config = current_app.extensions["skillhub.config"]
    return config.data_folder / "feeds" / district


def refresh(*, actor: Actor, district: str) -> int:
    """Read every dropped file of one district; return how many postings stand afterwards.

    A file whose content has not changed is not read again.
    """
    folder = drop_folder(district)
    present = (
        {path.name: path for path in sorted(folder.glob("*")) if path.suffix in SUFFIXES}
        if folder.is_dir()
        else {}
    )
    for name, path in present.items():
        _refresh_file(actor, district, name, path)
    known = db.session.execute(
        select(JobFeed.id, JobFeed.name).where(
            JobFeed.district_code == district, JobFeed.problem.is_distinct_from(GONE)
        )
    ).all()
    for feed_id, name in known:
        if name not in present:
            _keep_problem(feed_id, GONE)
    return len(db.session.execute(select(JobPosting.id).where(JobPosting.district_code == district)).all())


def _refresh_file(actor: Actor, district: str, name: str, path: Path) -> None:
    content, problem = _content(path)
    sha256 = hashlib.sha256(content).hexdigest()
    known = {
        plugin: (feed_id, kept, wrong)
        for feed_id, plugin, kept, wrong in db.session.execute(
            select(JobFeed.id, JobFeed.plugin, JobFeed.content_sha256, JobFeed.problem).where(
                JobFeed.district_code == district, JobFeed.name == name
            )
        )
    }
    if known and all((kept, wrong) == (sha256, None) for _, kept, wrong in known.values()):
        return
    text = _text(content) if problem is None else None
    if text is None:
        for feed_id, _, _ in known.values():
            _keep_problem(feed_id, problem or UNREADABLE)
        return
    drop = plugins.FeedDrop(name=name, text=text, on=clock.today(districts.district(district).zone))
    answers, failures = switches.collect("read_job_feed", district=district, drop=drop)
    for failure in failures:
        if isinstance(failure.error, switches.Missing) and failure.plugin not in known:
            continue  # nobody knows whether it would have read this file
        _failed(district, failure.plugin, name, known.get(failure.plugin, (None,))[0])
    for answer in answers:
        _keep(
            actor,
            district,
            answer.plugin,
            name,
            sha256=sha256,
            result=answer.value,
            feed_id=known.get(answer.plugin, (None,))[0],
        )


def _failed(district: str, plugin: str, name: str, feed_id: int | None) -> None:
    with unit_of_work() as unit:
        _problem_in(unit, feed_id or _feed_in(unit, district, plugin, name), UNREADABLE)


def _content(path: Path) -> tuple[bytes, str | None]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError:
        return b"", GONE
    return (b"", TOO_LARGE) if len(content) > LARGEST_BYTES else (content, None)


def _text(content: bytes) -> str | None:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _keep(
    actor: Actor,
    district: str,
    plugin: str,
    name: str,
    *,
    sha256: str,
    result: plugins.FeedResult,
    feed_id: int | None,
) -> None:
    now = clock.now()
    with unit_of_work() as unit:
        kept = feed_id or _feed_in(unit, district, plugin, name)
        unit.session.execute(
            update(JobFeed)
            .where(JobFeed.id == kept)
            .values(
                content_sha256=sha256,
                tried_at=now,
                good_at=now,
                problem=None,
                rejected=[asdict(row) for row in result.rejected[:100]],
            )
        )
        unit.session.execute(delete(JobPosting).where(JobPosting.feed_id == kept))
        unique = {posting.id: posting for posting in result.postings}
        if unique:
            unit.session.execute(insert(JobPosting), [_row(kept, district, each) for each in unique.values()])
        audit.record(
            unit,
            actor=actor,
            verb="feed.read",
            subject=f"feed:{kept}",
            district=district,
            postings=len(unique),
            rejected=len(result.rejected),
        )


def _row(feed_id: int, district: str, posting: plugins.JobPosting) -> dict[str, Any]:
    facts = asdict(posting)
    return {
        "public_id": ids.handle("j"),
        "feed_id": feed_id,
        "district_code": district,
        "external_id": posting.id,
        "trade": posting.trade,
        "title": posting.title,
        "facts": {name: _plain(value) for name, value in facts.items()},
        "lon": posting.lon,
        "lat": posting.lat,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _feed_in(unit: Unit, district: str, plugin: str, name: str) -> int:
    return unit.session.execute(
        insert(JobFeed)
        .values(district_code=district, plugin=plugin, name=name, rejected=[])
        .returning(JobFeed.id)
    ).scalar_one()


def _problem_in(unit: Unit, feed_id: int, problem: str) -> None:
    unit.session.execute(
        update(JobFeed).where(JobFeed.id == feed_id).values(problem=problem, tried_at=clock.now())
    )


def _keep_problem(feed_id: int, problem: str) -> None:
    with unit_of_work() as unit:
        _problem_in(unit, feed_id, problem)
