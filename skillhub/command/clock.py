"""`skillhub clock`: move the clock of all processes; for the profiles demo and test only."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import click

from skillhub.base import clock as base_clock
from skillhub.base import clock_row
from skillhub.base.problem import Problem
from skillhub.command import ready, settings, start_clock
from skillhub.config import Config

DURATION = re.compile(
    r"(?P<sign>-?)P(?=.)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
UNITS = ("weeks", "days", "hours", "minutes", "seconds")


class Instant(click.ParamType[datetime]):
    """An RFC 3339 instant with its zone."""

    name = "RFC3339"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read the text."""
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            instant = None
        if instant is None or instant.tzinfo is None:
            self.fail(f"{value} 不是带时区的时刻，比如 2025-11-10T09:00:00+08:00", param, ctx)
        return instant


class Duration(click.ParamType[timedelta]):
    """An ISO 8601 duration of whole weeks, days, hours, minutes and seconds."""

    name = "PT2H"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read the text."""
        found = DURATION.fullmatch(value)
        if found is None:
            self.fail(f"{value} 不是时长，比如 PT2H（2小时）、P1D（1天）、PT30M（30分钟）", param, ctx)
        step = timedelta(**{unit: int(found[unit] or 0) for unit in UNITS})
        return -step if found["sign"] else step


@click.group(short_help="演示和测试的时钟。")
def clock() -> None:
    """演示和测试的时钟：所有进程在1秒内一起移动。"""


@clock.command("set", context_settings={"ignore_unknown_options": True})
@click.argument("instant", type=Instant())
def set_(instant: datetime) -> None:
    """把时钟拨到 RFC3339，从那里继续走。"""
    with start_clock.database_of(_movable()) as engine:
        clock_row.store(engine, instant)
    _print(instant, is_moved=True)


@clock.command(context_settings={"ignore_unknown_options": True})
@click.argument("duration", type=Duration())
def advance(duration: timedelta) -> None:
    """把时钟向前拨一段，比如 PT2H。"""
    with start_clock.database_of(_movable()) as engine:
        instant = clock_row.advance(engine, duration)
    _print(instant, is_moved=True)


@clock.command()
def real() -> None:
    """回到真实时间。"""
    with start_clock.database_of(_movable()) as engine:
        clock_row.store(engine, None)
    _print(base_clock.real_now(), is_moved=False)


@clock.command()
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def show(*, as_json: bool) -> None:
    """显示时钟现在的时刻。"""
    stored = None
    config = settings.read()
    if config.is_movable and ready.has_database(config):
        stored = start_clock.stored(config)
    now = base_clock.real_now()
    shown = now if stored is None else stored.instant + (now - stored.set_at)
    _print(shown, is_moved=stored is not None, as_json=as_json)


def _movable() -> Config:
    config = settings.read()
    if not config.is_movable:
        raise Problem("时钟只能在 demo 和 test 中拨动，正式运行用真实时间。")
    if not ready.has_database(config):
        raise Problem("还没有数据库。请先运行：skillhub db upgrade")
    return config


def _print(instant: datetime, *, is_moved: bool, as_json: bool = False) -> None:
    shown = instant.astimezone(start_clock.DEMONSTRATION_DAY.tzinfo).isoformat(timespec="seconds")
    if as_json:
        click.echo(json.dumps({"clock": shown, "moved": is_moved}))
    else:
        click.echo(shown if is_moved else f"{shown}（真实时间）")
