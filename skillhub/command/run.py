"""`skillhub run`: everything that the demonstration needs, started together and ended together."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from http import HTTPStatus

import click
from sqlalchemy import select

from skillhub.command import ready, settings, start_clock
from skillhub.command.children import Children, Ended
from skillhub.config import Config, Profile
from skillhub.demo.model import DemoState

SIGN_INS = "demo-sign-ins.json"
WEB, WORK, DEMO = "网页服务", "后台工作", "装入演示数据"
ASKS_EVERY_SECONDS = 0.3
LONGEST_START_SECONDS = 120.0


@click.command(short_help="一起启动网页和后台，首次装入演示数据。")
@settings.safe_mode_option
def run() -> None:
    """一起启动网页服务和后台工作；首次运行会建库并装入演示数据。按 Ctrl-C 全部停止。"""
    config = settings.read(defaults={"SKILLHUB_PROFILE": Profile.DEMO})
    ready.data_folder(config)
    ready.port(config)
    ready.upgraded_database(config)
    ready.database(config)
    start_clock.begin(config)
    children = Children(_environ(config))
    try:
        ended = _all_day(children, config)
    finally:
        children.end()
    if ended.child is not None:
        click.echo(
            f"{ended.child}意外停止（退出码 {ended.status}），其余的也已停止。原因见上面几行。", err=True
        )
        raise SystemExit(1)
    click.echo("已全部停止。")


def _environ(config: Config) -> dict[str, str]:
    """Return the children's environment: ours, without a start of the clock, which has been made."""
    environ = {name: value for name, value in os.environ.items() if name != "SKILLHUB_NOW"}
    return environ | {"SKILLHUB_PROFILE": config.profile}


def _all_day(children: Children, config: Config) -> Ended:
    children.start(WEB, "serve")
    children.start(WORK, "worker")
    ended = _until_it_answers(children, config)
    if ended is None and config.profile == Profile.DEMO and not is_loaded(config):
        click.echo(f"正在装入演示数据，页面上也能看到进度：{config.public_url}")
        children.start(DEMO, "demo", follows=False)
        ended = children.wait_for(DEMO)
    if ended is not None:
        return ended
    click.echo(f"SkillHub 已就绪：{config.public_url}　按 Ctrl-C 停止")
    if config.profile == Profile.DEMO:
        click.echo(f"演示登录见：{config.data_folder / SIGN_INS}")
    return children.wait()


def _until_it_answers(children: Children, config: Config) -> Ended | None:
    for _ in range(int(LONGEST_START_SECONDS / ASKS_EVERY_SECONDS)):
        ended = children.look()
        if ended is not None or _answers(config):
            return ended
        if not children.pause(ASKS_EVERY_SECONDS):
            return Ended()
    return Ended(WEB, 1)


def _answers(config: Config) -> bool:
    try:
        with urllib.request.urlopen(f"http://{ready.HOST}:{config.port}/healthz", timeout=2) as answer:
            return bool(answer.status == HTTPStatus.OK)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def is_loaded(config: Config) -> bool:
    """Tell whether the demonstration has been loaded to its end."""
    with start_clock.database_of(config) as engine, engine.connect() as connection:
        return bool(connection.scalar(select(DemoState.is_complete)))
