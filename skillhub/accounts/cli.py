"""Commands for tokens of programs, for how messages leave, and for what was sent in the demonstration."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

import click
from flask import current_app

from skillhub.accounts.queries import invitations as invitation_queries
from skillhub.accounts.queries import tokens as token_queries
from skillhub.accounts.rules import phones
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import invitations as invitation_service
from skillhub.accounts.service import tokens as token_service
from skillhub.accounts.wrong import Wrong
from skillhub.base import access, outbox
from skillhub.base.db import db
from skillhub.base.errors import Invalid, SkillHubError
from skillhub.base.outbox import reading
from skillhub.config import Config

COMMAND_LINE = access.system("command-line")


@click.group()
def tokens() -> None:
    """给程序用的令牌：新建、列出、作废。"""


@tokens.command()
@click.option(
    "--person", "persons", required=True, multiple=True, help="程序代表谁：那个人的编号；可以写多次。"
)
@click.option("--role", required=True, type=click.Choice([role.value for role in access.Role]))
@click.option("--district", help="六位区划代码；只有运维人员可以不写。")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    help="权限：read、apply、teach 等；可以写多次，或用逗号分开。",
)
@click.option(
    "--days", type=click.IntRange(1, LIMITS.token_days_most), default=LIMITS.token_days, show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def create(
    *,
    persons: tuple[str, ...],
    role: str,
    district: str | None,
    scopes: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """新建令牌，每人一个，一行一个；只显示这一次。"""
    wanted = [scope.strip() for each in scopes for scope in each.split(",") if scope.strip()]
    for person in persons:
        try:
            made = token_service.create(
                actor=COMMAND_LINE, person=person, role=role, district=district, scopes=wanted, days=days
            )
        except SkillHubError as error:
            _refuse(error)
        _print_made(made, as_json=as_json)


def _print_made(made: token_service.MadeToken, *, as_json: bool) -> None:
    if as_json:
        values = {"id": made.id, "token": made.token, "scopes": list(made.scopes)}
        click.echo(json.dumps(values | {"expires_at": made.expires_at.isoformat()}))
    else:
        click.echo(f"{made.id}\t{made.token}\t{','.join(made.scopes)}\t{made.expires_at.isoformat()}")


@tokens.command("list")
@click.option("--person", help="只列这个人的。")
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def list_(*, person: str | None, as_json: bool) -> None:
    """列出令牌（不显示令牌本身）。"""
    rows = [
        {
            "id": view.id,
            "person": view.person,
            "role": view.role,
            "district": view.district,
            "scopes": list(view.scopes),
            "created_at": view.created_at.isoformat(),
            "expires_at": view.expires_at.isoformat(),
            "revoked_at": view.revoked_at.isoformat() if view.revoked_at else None,
        }
        for view in token_queries.tokens(person)
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = f"revoked {row['revoked_at']}" if row["revoked_at"] else f"until {row['expires_at']}"
        click.echo(f"{row['id']}\t{row['person']}\t{row['role']}\t{row['district'] or '-'}\t{state}")


@tokens.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """按编号作废一个令牌。"""
    try:
        token_service.revoke(actor=COMMAND_LINE, token=token_id)
    except SkillHubError as error:
        _refuse(error)


@click.group()
def invitations() -> None:
    """请人来用的一次性链接：补发、列出、收回。"""


@invitations.command("create")
@click.option("--person", required=True, help="那个人的编号，p- 开头；他要有工作身份。")
@click.option("--forgotten", "has_forgotten", is_flag=True, help="密码忘了：先作废旧密码和现有登录。")
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def create_invitation(*, person: str, has_forgotten: bool, as_json: bool) -> None:
    """补发一个链接，只显示这一次；以前的链接同时作废。"""
    try:
        made = invitation_service.invite_again(actor=COMMAND_LINE, person=person, has_forgotten=has_forgotten)
    except SkillHubError as error:
        _refuse(error)
    config: Config = current_app.extensions["skillhub.config"]
    link = f"{config.public_url.rstrip('/')}/invitations/{made.token}"
    values = {"id": made.handle, "person": made.person, "role": made.role.value, "link": link}
    values["expires_at"] = made.expires_at.isoformat()
    click.echo(json.dumps(values) if as_json else "\t".join(values.values()))


@invitations.command("list")
@click.option("--district", help="只列这个区的，六位区划代码。")
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def list_invitations(*, district: str | None, as_json: bool) -> None:
    """列出没有用过的链接（不显示链接本身）。"""
    rows = [
        {
            "id": view.handle,
            "person": view.person,
            "role": view.role.value,
            "district": view.district,
            "expires_at": view.expires_at.isoformat(),
            "is_open": view.is_open,
        }
        for view in invitation_queries.open_ones(district)
    ]
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        state = "有效" if row["is_open"] else "已过期"
        shown = (row["id"], row["person"], row["role"], row["district"] or "-", row["expires_at"], state)
        click.echo("\t".join(str(each) for each in shown))


@invitations.command("revoke")
@click.argument("invitation_id")
def revoke_invitation(invitation_id: str) -> None:
    """按编号收回一个链接。"""
    try:
        invitation_service.revoke(actor=COMMAND_LINE, invitation=invitation_id)
    except SkillHubError as error:
        _refuse(error)


@click.command("outbox")
@click.option("--phone", help="只看发给这个手机号的。")
@click.option("--json", "as_json", is_flag=True, help="每行打印一个 JSON。")
def outbox_command(*, phone: str | None, as_json: bool) -> None:
    """看发出的短信（只限演示和测试环境）。"""
    config = current_app.extensions["skillhub.config"]
    if not isinstance(config, Config) or not config.is_movable:
        click.echo("只有演示和测试环境能看发出的短信。", err=True)
        raise SystemExit(1)
    try:
        number = phones.mobile(phone) if phone else None
    except Wrong as wrong:
        raise click.BadParameter(f"{phone} is no mobile number", param_hint="--phone") from wrong
    for message in outbox.messages(number):
        values = {
            "at": message.at.isoformat(),
            "to": message.to,
            "kind": message.kind,
            "text": message.text,
        } | ({"code": message.code} if message.code else {})
        click.echo(json.dumps(values, ensure_ascii=False) if as_json else "\t".join(values.values()))


@click.command(short_help="看消息发得怎么样：各种状态几条、最近的发送记录（不含内容和号码）。")
@click.option("--state", type=click.Choice([each.value for each in outbox.State]), help="只数这种状态的。")
@click.option("--tries", type=click.IntRange(0, 1000), default=20, show_default=True, help="最近几次发送。")
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
def messages(*, state: str | None, tries: int, as_json: bool) -> None:
    """按状态和方式数消息，列出最近的发送记录。哪种环境都能用：里面没有内容，也没有号码。"""
    session = db.session()
    counts = [_plain(each) for each in reading.counts(session) if state in (None, each.state)]
    gateways = [_plain(each) for each in reading.gateways(session)]
    log = [_plain(each) for each in reading.tries(limit=tries)]
    if as_json:
        click.echo(json.dumps({"counts": counts, "gateways": gateways, "tries": log}))
        return
    for row in (*counts, *gateways, *log):
        click.echo("\t".join("-" if value is None else str(value) for value in row.values()))


def _plain(note: reading.Count | reading.GatewayNote | reading.TryNote) -> dict[str, str | int | None]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in asdict(note).items()
    }


def _refuse(error: SkillHubError) -> None:
    reasons = [str(each.message) for each in error.errors] if isinstance(error, Invalid) else []
    for reason in reasons or [error.text()]:
        click.echo(reason, err=True)
    raise SystemExit(1)


commands = [tokens, invitations, messages, outbox_command]
