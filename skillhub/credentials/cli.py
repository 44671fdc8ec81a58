"""Certificates at the command line: list, issue for a class, take one back, verify, publish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from skillhub.base import access, clock
from skillhub.base.errors import SkillHubError
from skillhub.base.problem import Problem
from skillhub.credentials import labels, public, queries, service, trusted
from skillhub.credentials.keys import Purpose
from skillhub.credentials.queries import CertificateView, issuer, recalls
from skillhub.credentials.rules.recalls import Common, Kind
from skillhub.credentials.service import keeping
from skillhub.credentials.vc import presented
from skillhub.credentials.vc.verify import Answer

ACTOR = "command"
REFUTED, UNCHECKED = 1, 3
LARGEST_FILE = 5 * 1024 * 1024


@click.group()
def credentials() -> None:
    """培训证书：列出、发证、撤销。"""


@credentials.command("list")
@click.option("--batch", help="只列这个班的。")
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def list_certificates(batch: str | None, *, as_json: bool) -> None:
    """按发证先后列出证书。"""
    try:
        found = queries.listed(batch=batch)
    except SkillHubError as error:
        _refuse(error)
    if as_json:
        click.echo(json.dumps([_row(each) for each in found], ensure_ascii=False))
        return
    for each in found:
        click.echo(f"{each.public_id}  {each.number}  {each.issued_on}  {each.status}  {each.facts.course}")


@credentials.command()
@click.option("--batch", required=True, help="班期编号。")
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def issue(batch: str, *, as_json: bool) -> None:
    """给一个班里合格的人发证；已有证的不变。"""
    failed: dict[str, str] = {}
    done = of = 0
    try:
        for progress in service.issue_each(actor=access.system(ACTOR), batch=batch):
            done, of = progress.done, progress.of
            failed |= {each.item: each.code for each in progress.failed}
    except SkillHubError as error:
        _refuse(error)
    if as_json:
        items = [{"item": item, "code": code} for item, code in failed.items()]
        click.echo(json.dumps({"done": done, "of": of, "failed": items}, ensure_ascii=False))
    else:
        click.echo(f"{done - len(failed)}/{of} 已发证")
    for item, code in failed.items():
        click.echo(f"{item}: {code}", err=True)
    raise SystemExit(1 if failed else 0)


@credentials.command()
@click.argument("certificate", metavar="ID")
@click.option("--reason", required=True, help="原因；持证人和查验的人都会看到。")
def revoke(certificate: str, reason: str) -> None:
    """撤销编号为 ID 的证书。"""
    try:
        service.revoke(actor=access.system(ACTOR), certificate=certificate, reason=reason)
    except SkillHubError as error:
        _refuse(error)
    click.echo(f"{certificate} 已撤销")


@credentials.command()
@click.argument("certificate", metavar="ID")
def erase(certificate: str) -> None:
    """按持证人的申请注销编号为 ID 的证书，并删除它的电子凭证。"""
    try:
        service.erase(actor=access.system(ACTOR), certificate=certificate)
    except SkillHubError as error:
        _refuse(error)
    click.echo(f"{certificate} 已注销")


@credentials.command()
@click.option(
    "--by",
    "kind",
    type=click.Choice([each.value for each in Kind]),
    required=True,
    help="按什么：密钥、课程、班、序列号段。",
)
@click.option("--what", required=True, help="密钥编号、课程编号、班次编号，或者第一个序列号。")
@click.option("--until", "border", default="", help="最后一个序列号；密钥：最后一张还可信的证书的序列号。")
@click.option("--reason", required=True, help="原因；持证人和查验的人都会看到。")
def recall(kind: str, what: str, border: str, reason: str) -> None:
    """提出批量撤销，每个地区一份；由那里的管理人员在网页上确认后才撤销。"""
    common = Common(Kind(kind), what, border)
    actor = access.system(ACTOR)
    try:
        districts = recalls.districts_of(common)
        handles = {
            district: service.recalls.ask(actor=actor, district=district, common=common, reason=reason)
            for district in districts
        }
    except SkillHubError as error:
        _refuse(error)
    if not districts:
        raise Problem("没有找到这样的有效证书，请核对填的内容。")
    for district, handle in handles.items():
        click.echo(f"{district}  /office/recalls/{handle}")


@credentials.command("rotate-key")
@click.option(
    "--purpose",
    type=click.Choice([each.value for each in Purpose]),
    default=Purpose.CREDENTIAL.value,
    help="哪种密钥。",
)
def rotate_key(purpose: str) -> None:
    """换一把新的签发密钥；旧的不再签发，它签过的照样能核验。"""
    made = keeping.rotate(actor=access.system(ACTOR), purpose=Purpose(purpose))
    click.echo(f"{made.id} 从现在起签发")


@credentials.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--offline", is_flag=True, help="不看撤销名单，只核对签名。")
@click.option(
    "--trust",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="只信这个目录里的公钥和名单（skillhub publish 写出的目录）。",
)
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def verify(file: Path, folder: Path | None, *, offline: bool, as_json: bool) -> None:
    """核验证书文件（JSON、PDF，或者二维码里的文字）：四项结果，各为是、否、没查到。"""
    with_lists = not offline
    trust = trusted.read(folder, with_lists=with_lists) if folder else issuer.trust(with_lists=with_lists)
    found = presented.judge(_content(file), trust, at=clock.real_now())
    if as_json:
        click.echo(json.dumps(labels.answers(found), ensure_ascii=False))
    else:
        for line in labels.lines(found):
            click.echo(line)
    values = {each.value for each in found.findings.values()}
    raise SystemExit(REFUTED if Answer.NO in values else UNCHECKED if Answer.UNKNOWN in values else 0)


verify.callback.skillhub_alone = lambda **options: options["folder"] is not None  # type: ignore[union-attr]  # read by skillhub.command.group


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        data = opened.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise Problem(f"{file} 太大，不像是证书。证书文件不超过 {LARGEST_FILE // 1024 // 1024} MB。")
    return data


@click.command()
@click.option(
    "--to", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="写到哪个目录。"
)
def publish(folder: Path) -> None:
    """写出别人核验要用的文件：证书的公钥（did.json）和撤销名单，录取日志的公钥（skillhub-keys.json）。"""
    public.write_all(folder)
    if public.is_empty(folder):
        raise Problem("还没有签过证书和录取日志，没有可以写出的文件。请让后台工作运行一次。")
    click.echo(f"已写到 {folder}")


def _row(found: CertificateView) -> dict[str, Any]:
    facts = found.facts
    return {
        "id": found.public_id,
        "number": facts.number,
        "batch": facts.batch,
        "course": facts.course,
        "district": found.district,
        "issued_on": found.issued_on.isoformat(),
        "status": found.status,
        "reason": found.revocation_reason,
    }


def _refuse(error: SkillHubError) -> NoReturn:
    details = "；".join(str(each.message) for each in getattr(error, "errors", ()))
    click.echo(f"{error.code}: {details or error.text()}", err=True)
    raise SystemExit(1)


commands = [credentials, publish]
