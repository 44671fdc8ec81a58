"""Certificates at the command line: list, issue for a class, take one back."""

from __future__ import annotations

import json
from typing import Any

import click

from skillhub.base import access
from skillhub.base.errors import SkillHubError
from skillhub.credentials import queries, service
from skillhub.credentials.queries import CertificateView

ACTOR = "command"


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


def _refuse(error: SkillHubError) -> None:
    details = "；".join(str(each.message) for each in getattr(error, "errors", ()))
    click.echo(f"{error.code}: {details or error.text()}", err=True)
    raise SystemExit(1)


commands = [credentials]
