"""Loads the whole demonstration, part by part, and keeps how far it is where every process sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, insert, select, update

from skillhub.base import clock, outbox
from skillhub.base.db import db, unit_of_work
from skillhub.config import Config
from skillhub.demo import classes, data, history, staff, today
from skillhub.demo.model import DemoState
from skillhub.jobs import service as jobs

TRAINEES = ("P01330", "P01331")  # both were certified in O-LN-01's class and hired
FEED = "jobs.json"


@dataclass(frozen=True)
class Part:
    """One part of the demonstration, how many items it has, and what loads it."""

    title: str
    of: int
    load: Callable[[], Iterator[int]]


@dataclass(frozen=True)
class Progress:
    """How far the loading is: the part's title, and items done of all."""

    title: str
    done: int
    of: int


def parts() -> tuple[Part, ...]:
    """Return the parts in the order in which they build on each other."""
    day = clock.today("Asia/Shanghai")
    taught = classes.Classes()
    return (
        Part("区县", 1, history.load_districts),
        Part("站点", len(data.table("sites")), history.load_sites),
        Part(
            "机构和用人单位",
            len(data.table("employers")) + len(data.table("training_bodies")),
            history.load_organisations,
        ),
        Part("求职者", len(data.table("people")), history.load_people),
        Part("教师", len(data.table("trainers")), history.load_trainers),
        Part("工作人员", len(staff.STAFF), lambda: history.in_units(staff.STAFF, staff.load_in)),
        Part("课程", len(data.table("courses")), history.load_courses),
        Part("培训订单", len(data.table("orders")), history.load_orders),
        Part("班期、考勤、成绩和证书", len(taught.batches), taught.load),
        Part("用工和评星", len(data.table("placements")), classes.load_work),
        Part("今天的班和补贴申请", len(today.CLASSES) + 1, lambda: today.load(day, spare_people())),
        Part("岗位", 1, load_feed),
    )


def spare_people() -> list[str]:
    """Return the numbers of the people who are in no class of the tables."""
    taught = {row["person_id"] for row in data.table("enrolments")}
    return [row["person_id"] for row in data.table("people") if row["person_id"] not in taught]


def load(show: Callable[[Progress], object] = lambda _progress: None) -> Path:
    """Load everything and return the file with the sign-ins; `show` hears of every unit."""
    every = parts()
    of = sum(part.of for part in every)
    done = 0
    _begin(of)
    with outbox.held_back():  # nobody is told today of what was years ago, whatever gateway is connected
        for part in every:
            _keep(part.title, done)
            show(Progress(part.title, done, of))
            for count in part.load():
                done += count
                _keep(part.title, done)
                show(Progress(part.title, done, of))
    free = spare_people()[-1]  # today's classes are filled from the front
    written = staff.write(staff.open_doors((*TRAINEES, free)), _data_folder())
    with unit_of_work() as unit:
        unit.session.execute(update(DemoState).values(is_complete=True, done=of))
    return written


def is_complete() -> bool:
    """Tell whether the demonstration has been loaded to its end."""
    return bool(db.session.scalar(select(DemoState.is_complete)))


def progress() -> Progress | None:
    """Return how far the loading is, None when nothing is being loaded."""
    row = db.session.execute(
        select(DemoState.step, DemoState.done, DemoState.of, DemoState.is_complete)
    ).one_or_none()
    if row is None or row.is_complete:
        return None
    return Progress(row.step, row.done, row.of)


def load_feed() -> Iterator[int]:
    """Drop the district's jobs as a file in its own field names, and read it as the worker does."""
    folder = jobs.drop_folder(history.DISTRICT)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_in_own_names(row) for row in data.table("jobs")]
    (folder / FEED).write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    jobs.refresh(actor=history.LOADER, district=history.DISTRICT)
    yield 1


def _in_own_names(row: data.Row) -> dict[str, str]:
    """Return a job under the field names that the district's own system uses."""
    named = {
        "编号": "job_id",
        "岗位名称": "title",
        "工种": "trade",
        "用人单位": "employer_name",
        "招聘人数": "headcount",
        "工资": "pay_text",
        "结算方式": "settlement",
        "经度": "lng",
        "纬度": "lat",
        "工作地点": "place",
        "求职意向": "time_text",
        "招聘条件": "requirements",
        "保险": "insurance",
        "发布日期": "posted_on",
        "有效期至": "valid_until",
    }
    return {own: row[column] for own, column in named.items() if row[column]}


def _begin(of: int) -> None:
    with unit_of_work() as unit:
        unit.session.execute(delete(DemoState))
        unit.session.execute(
            insert(DemoState).values(
                id=1, step="", done=0, of=of, is_complete=False, began_at=clock.real_now()
            )
        )


def _keep(step: str, done: int) -> None:
    with unit_of_work() as unit:
        unit.session.execute(update(DemoState).values(step=step, done=done))


def _data_folder() -> Path:
    config: Config = current_app.extensions["skillhub.config"]
    return config.data_folder
