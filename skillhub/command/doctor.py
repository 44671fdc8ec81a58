"""`skillhub doctor`: one line for each thing that must be well."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from skillhub.command import checks, settings


@click.command(short_help="检查系统是否一切正常。")
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def doctor(*, as_json: bool) -> None:
    """逐项检查：数据库、迁移、字体、密钥、插件、后台工作、操作记录、时钟、磁盘、发证主机、短信、邮件。有一项不正常，退出码为1。"""
    found = list(checks.findings(settings.read()))
    if as_json:
        rows = [
            {"name": each["name"], "ok": each["is_well"], "text": each["text"]} for each in map(asdict, found)
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for each in found:
            click.echo(f"{'ok ' if each.is_well else 'red'}  {each.name:<10}  {each.text}")
    raise SystemExit(0 if all(each.is_well for each in found) else 1)
