"""`skillhub db`: the database's structure, ours and the background engine's."""

from __future__ import annotations

import click

from skillhub.base import schema
from skillhub.command import ready, settings


@click.group(short_help="数据库结构：升级、回退、核对。")
def db() -> None:
    """数据库结构：升级、回退、与程序核对。"""


@db.command()
@click.argument("version", default=schema.HEAD)
def upgrade(version: str) -> None:
    """升级到 VERSION（默认最新），连同后台工作的表。"""
    config = settings.read()
    ready.data_folder(config)
    ready.upgraded_database(config, version)
    click.echo(f"数据库：{schema.state(config.database)}")


@db.command()
@click.argument("version")
def downgrade(version: str) -> None:
    """回退到 VERSION；base 表示清空全部表，数据会丢失。"""
    config = settings.read()
    schema.downgrade(config.database, version)
    click.echo(f"数据库：{schema.state(config.database)}")


@db.command()
def check() -> None:
    """核对数据库与程序是否一致；有差别时逐行列出，退出码为1。"""
    config = settings.read()
    found = schema.check(config.database)
    for line in found:
        click.echo(line, err=True)
    click.echo(f"{len(found)} 处不一致" if found else "一致")
    raise SystemExit(1 if found else 0)


@db.command(hidden=True)
@click.argument("message")
def draft(message: str) -> None:
    """给开发者：按模型写出一个新的迁移文件（数据库须已在最新版本）。"""
    click.echo(schema.draft(settings.read().database, message))
