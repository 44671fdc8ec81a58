"""`skillhub plugins new` and `check`: for authors, outside any installation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from skillhub.command.group import Refused
from skillhub.plugins import discover
from skillhub.plugins import manifest as manifests
from skillhub.plugins.authoring import checking, rights, scaffold
from skillhub.plugins.authoring.checking import Report

NOT_CHECKED = 3


@click.command()
@click.argument("name")
@click.option("--district", required=True, help="六位区划代码。")
@click.option("--title", default="", help="区县的名称；不写就用 NAME。")
@click.option(
    "--to", "into", type=click.Path(path_type=Path, file_okay=False), default=".", help="写到哪个目录。"
)
@click.option("--code", "with_code", is_flag=True, help="带一段代码（数据说不清时才用）。")
def new(name: str, *, district: str, title: str, into: Path, with_code: bool) -> None:
    """写一个新插件 NAME：能通过检查和自己的测试，改成本区的规则就行。"""
    try:
        written = scaffold.write(name, into=into, district=district, title=title or name, with_code=with_code)
    except scaffold.CannotWrite as problem:
        raise Refused(str(problem)) from problem
    for path in written:
        click.echo(str(path))


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def check(path: Path, *, as_json: bool) -> None:
    """检查插件目录 PATH：清单、功能、例子、译文、导入、用时和要的权限；不装入，不信任它的代码。"""
    folder = _package(path)
    try:
        report = checking.check(folder, present=discover.candidates())
    except checking.CannotCheck as problem:
        click.echo(f"没法检查：{problem}", err=True)
        raise SystemExit(NOT_CHECKED) from problem
    if as_json:
        click.echo(json.dumps(_told(report), ensure_ascii=False))
    else:
        _print(report)
    if not report.fits:
        raise SystemExit(1)


def _package(path: Path) -> Path:
    """Return the folder with the manifest: the one that was named, or the only one inside it."""
    if (path / manifests.FILE).is_file():
        return path.resolve()
    inside = sorted(each.parent for each in path.glob(f"*/{manifests.FILE}"))
    if len(inside) == 1:
        return inside[0].resolve()
    raise Refused(f"{path} 里没有 {manifests.FILE}。请指定插件的目录；新插件用 skillhub plugins new 写。")


def _told(report: Report) -> dict[str, object]:
    return {
        "name": report.name,
        "version": report.version,
        "sha256": report.sha256,
        "fits": report.fits,
        "findings": [asdict(each) for each in report.findings],
        "cases": len(report.turned),
        "rights": asdict(report.rights) if report.rights else None,
    }


def _print(report: Report) -> None:
    for each in report.findings:
        level = "" if each.is_error else "（提醒）"
        click.echo(f"{each.file}:{each.line}: {each.rule.value}{level}: {each.message}")
    if report.rights is not None:
        meaning = rights.MEANINGS[report.rights.rating][0]
        click.echo(f"要的权限\t{report.rights.rating}（1最少，6最多）\t{meaning}")
        _lines("\t", report.rights.reasons)
    right = sum(not each.difference for each in report.turned)
    click.echo(f"例子\t{right}/{len(report.turned)}")
    click.echo(f"{report.name}\t{report.version or '-'}\t{'可以装' if report.fits else '不能装'}")


def _lines(before: str, lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(f"{before}{line}")
