"""Commands that import people and sites from a file, with a report about every line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from skillhub.base import access
from skillhub.base.problem import Problem
from skillhub.base.sheets import LARGEST_FILE
from skillhub.imports import tables, words
from skillhub.imports.errors import ImportBlocked
from skillhub.imports.rules.lines import Decision
from skillhub.imports.rules.reports import ACCEPT, SKIP, Choices, Report
from skillhub.imports.service import frames, people, sites
from skillhub.imports.service.people import File

COMMAND_LINE = access.system("command-line")
DRY_RUN_BLOCKED = (
    "真要导入时会停在这里：有不能导入的行请改好，或加 --skip-refused；要人看的行请加 --flagged。"
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Add what both commands can be told."""
    for option in reversed(
        (
            click.argument(
                "path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
            ),
            click.option("--district", help="六位区划代码；只有一个区时不用写。"),
            click.option("--dry-run", "is_dry_run", is_flag=True, help="只核对，不写入。"),
            click.option("--skip-refused", "skips_refused", is_flag=True, help="跳过不能导入的行。"),
            click.option(
                "--flagged",
                type=click.Choice([ACCEPT, SKIP]),
                help="要人看的行：accept 看过了照收，skip 先不收。",
            ),
            click.option(
                "--report",
                "report_path",
                type=click.Path(dir_okay=False, path_type=Path),
                help="报告另存为 CSV。",
            ),
            click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。"),
        )
    ):
        command = option(command)
    return command


@click.group("people")
def people_commands() -> None:
    """求职者名册：从文件导入。"""


@people_commands.command("import")
@_options
@click.option("--consented", "has_consented", is_flag=True, help="名册上的人都已同意信息说明（有签字）。")
def import_people(
    *,
    path: Path,
    district: str | None,
    is_dry_run: bool,
    skips_refused: bool,
    flagged: str | None,
    report_path: Path | None,
    as_json: bool,
    has_consented: bool,
) -> None:
    """从 FILE（xlsx 或 csv）导入求职者，逐行报告；有一行不能导入，就一行也不写入。"""
    frame = frames.frame(actor=COMMAND_LINE, district=district, has_consented=has_consented)
    file = File(path.name, _content(path), frame)
    choices = Choices(skips_refused, flagged)
    if is_dry_run:
        report = people.check(actor=COMMAND_LINE, file=file)
    else:
        report = people.take(actor=COMMAND_LINE, file=file, choices=choices)
    _finish(report, choices, is_dry_run=is_dry_run, path=report_path, as_json=as_json)


@click.group("sites")
def site_commands() -> None:
    """站点名录：从文件导入。"""


@site_commands.command("import")
@_options
def import_sites(
    *,
    path: Path,
    district: str | None,
    is_dry_run: bool,
    skips_refused: bool,
    flagged: str | None,
    report_path: Path | None,
    as_json: bool,
) -> None:
    """从 FILE（xlsx 或 csv）导入站点，上下级都在一个文件里，逐行报告；已有的站点不会被改。"""
    file = File(path.name, _content(path), frames.frame(actor=COMMAND_LINE, district=district))
    choices = Choices(skips_refused, flagged)
    if is_dry_run:
        report = sites.check(actor=COMMAND_LINE, file=file)
    else:
        report = sites.take(actor=COMMAND_LINE, file=file, choices=choices)
    _finish(report, choices, is_dry_run=is_dry_run, path=report_path, as_json=as_json)


def _content(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _finish(report: Report, choices: Choices, *, is_dry_run: bool, path: Path | None, as_json: bool) -> None:
    """Print the report; exit 1 when nothing was written, or would not have been."""
    if path is not None:
        _save(report, path)
    if as_json:
        click.echo(json.dumps(tables.as_json(report) | {"is_dry_run": is_dry_run}, ensure_ascii=False))
    else:
        _print(report, is_dry_run=is_dry_run)
    if report.is_blocked(choices):
        click.echo(DRY_RUN_BLOCKED if is_dry_run else str(ImportBlocked.message), err=True)
        raise SystemExit(1)


def _save(report: Report, path: Path) -> None:
    """Write the report where only its owner reads it: it names people."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Problem(f"报告写不到 {path}（{error.strerror}）。请换一个地方。") from error
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        for part in tables.as_csv(report.lines):
            file.write(part)


def _print(report: Report, *, is_dry_run: bool) -> None:
    for line in report.lines:
        number, name, decision, reasons, normalised = tables.said(line)
        shown = [number, name, line.decision.value, decision, reasons]
        click.echo("\t".join([*shown, f"整理：{normalised}" if normalised else ""]).rstrip())
    counted = "，".join(f"{_word(code)} {count}" for code, count in report.counts.items() if count)
    state = (
        "只核对，没有写入" if is_dry_run else f"写入 {report.written}" if report.is_written else "没有写入"
    )
    click.echo(f"共 {len(report.lines)} 行：{counted}。{state}。")


def _word(code: str) -> Any:
    return f"{code}（{words.decision(Decision(code))}）"


commands = [people_commands, site_commands]
