"""`skillhub plugins`: what is installed, where it is on and how it fares; the switch of a district."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

import click

from skillhub.base import access
from skillhub.command import group, plugin_authors
from skillhub.districts import catalogue
from skillhub.districts.queries import health
from skillhub.districts.queries import plugins as queries
from skillhub.districts.service import plugins as service
from skillhub.districts.service import rests
from skillhub.subsidy.service import replays

COMMAND_LINE = access.system("command-line")
LATEST = 10

district_option = click.option("--district", required=True, help="六位区划代码。")
json_option = click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")


@click.group(short_help="插件：装了什么、在哪里启用、运行得怎么样。")
def plugins() -> None:
    """插件：装了什么、在哪里启用、运行得怎么样。"""


def _inside(command: click.Command) -> click.Command:
    """Add a command that runs inside the application."""
    plugins.add_command(group.inside_application(command))
    return command


@_inside
@click.command("list")
@json_option
def list_plugins(*, as_json: bool) -> None:
    """列出插件：版本、在哪些区启用、运行情况；没有装上的写明原因。"""
    found = health.plugin_list(COMMAND_LINE)
    if as_json:
        rows = [
            {"name": each.name, "version": each.version, "api": each.api, "on": list(each.on)}
            | {"health": each.health, "reason": each.reason}
            for each in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for each in found:
        on = ",".join(each.on) or "-"
        click.echo(f"{each.name}\t{each.version or '-'}\t{on}\t{each.health}\t{each.reason or ''}".rstrip())


@_inside
@click.command()
@click.argument("name")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """显示插件 NAME：在哪里启用、停下没有、各项功能用时、最近的错。"""
    plugin = catalogue.plugin(name)
    manifest = plugin.manifest
    switches = [each for each in queries.switches_of() if each.plugin == name]
    walls = dict(health.lacking_walls(plugin))
    told = {
        "name": name,
        "version": manifest.version,
        "sha256": plugin.sha256,
        "code": "apart" if plugin.is_apart else "trusted" if plugin.has_code else "none",
        "lacking_walls": walls,
        "on": [each.district for each in switches if each.is_on],
        "resting": [
            {"district": each.district, "since": each.since.isoformat(), "reason": each.reason}
            for each in queries.resting(plugin=name)
        ],
        "hooks": [asdict(each) for each in health.hooks(plugin, None)],
        "failures": [
            {"district": each.district, "hook": each.hook, "at": each.at.isoformat(), "error": each.error}
            for each in queries.failures(plugin=name, limit=LATEST)
        ],
    }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    for key, value in told.items():
        for line in value if isinstance(value, list) else [value]:
            click.echo(f"{key}\t{json.dumps(line, ensure_ascii=False) if isinstance(line, dict) else line}")


def _switching(name: str, *, is_on: bool, doc: str) -> Callable[..., None]:
    @_inside
    @click.command(name, help=doc)
    @click.argument("name")
    @district_option
    def switch(name: str, *, district: str) -> None:
        service.switch(actor=COMMAND_LINE, district=district, plugin=name, is_on=is_on)
        click.echo(f"{name}\t{district}\t{'on' if is_on else 'off'}")

    return switch


enable = _switching("enable", is_on=True, doc="在一个区启用插件 NAME，设置不变；几秒钟内各进程生效。")
disable = _switching("disable", is_on=False, doc="在一个区停用插件 NAME，设置不变；几秒钟内各进程生效。")


@_inside
@click.command()
@click.argument("name")
@district_option
def wake(name: str, *, district: str) -> None:
    """让出错太多、在一个区自动停下的插件 NAME 恢复。"""
    rests.wake(actor=COMMAND_LINE, district=district, plugin=name)
    click.echo(f"{name}\t{district}\tawake")


@_inside
@click.command()
@click.argument("name")
@district_option
@click.option(
    "--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="从哪一天，比如 2025-01-01。"
)
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="到哪一天（含当日）。")
@json_option
def replay(name: str, *, district: str, first: datetime, last: datetime, as_json: bool) -> None:
    """用插件 NAME 的规则把以前的补贴重算一遍，打印不同之处；什么都不改。"""
    found = list(replays.replay(district=district, plugin=name, first=first.date(), last=last.date()))
    different = [each for each in found if each.differs]
    if as_json:
        rows = [asdict(each) | {"on": each.on.isoformat()} for each in different]
        click.echo(json.dumps({"replayed": len(found), "differences": rows}, ensure_ascii=False))
        return
    for each in different:
        changed = "\t（事实后来变过）" if each.facts_changed else ""
        after = each.after.value if each.after else "-"
        amounts = f"{each.before.value} {each.before_fen}\t{after} {each.after_fen}"
        click.echo(f"{each.claim}\t{each.person}\t{each.on.isoformat()}\t{amounts}{changed}")
    click.echo(f"重算{len(found)}人，{len(different)}人不同")


plugins.add_command(plugin_authors.new)
plugins.add_command(plugin_authors.check)
