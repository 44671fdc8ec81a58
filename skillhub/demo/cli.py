"""``skillhub demo``: load the demonstration, and print what it holds."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from skillhub.base import clock
from skillhub.config import Config
from skillhub.demo import alive, figures, load, reset, staff
from skillhub.demo.places import DISTRICTS
from skillhub.reports.queries import districts


@click.command("demo")
@click.option("--reset", "is_reset", is_flag=True, help="先清空所有数据再装（只限演示和测试）。")
@click.option("--json", "as_json", is_flag=True, help="结果用 JSON 打印。")
def demo(*, is_reset: bool, as_json: bool) -> None:
    """装入演示数据（虚构人物，真实区县），打印各区的漏斗。已装好的不再装。"""
    config: Config = current_app.extensions["skillhub.config"]
    if not config.is_movable:
        click.echo("演示数据只能装在 demo 或 test 中。正式使用请运行 skillhub init。", err=True)
        sys.exit(1)
    if is_reset or load.progress() is not None:
        reset.empty()  # half a demonstration is none: begin anew
    if not load.is_complete():
        _load_with_bar()
    _print(config, as_json=as_json)


def _load_with_bar() -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("演示数据", total=None)
        load.load(lambda now: bar.update(task, description=now.title, completed=now.done, total=now.of))


def summary(config: Config) -> dict[str, Any]:
    """Return what the demonstration holds, as the command prints it."""
    return {
        "clock": clock.now().isoformat(),
        "funnels": {code: asdict(districts.funnel(code)) for code in DISTRICTS},
        "figures": figures.counted(),
        "sign_ins": staff.read(config.data_folder),
        "open_batch": alive.OPEN_BATCH,
        "order": figures.ORDER,
    }


def _print(config: Config, *, as_json: bool) -> None:
    found = summary(config)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for code, funnel in found["funnels"].items():
        click.echo(f"{code}　" + "　".join(f"{name} {value}" for name, value in funnel.items()))
    click.echo(f"登录方式见 {config.data_folder / staff.FILE}")


commands = [demo]
