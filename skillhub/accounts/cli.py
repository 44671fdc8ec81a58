"""Commands for tokens of programs, and for reading what was sent in the demonstration."""

from __future__ import annotations

import json

import click
from flask import current_app

from skillhub.accounts.queries import tokens as token_queries
from skillhub.accounts.rules import phones
from skillhub.accounts.rules.limits import LIMITS
from skillhub.accounts.service import tokens as token_service
from skillhub.accounts.wrong import Wrong
from skillhub.base import access, outbox
from skillhub.base.errors import Invalid, SkillHubError
from skillhub.config import Config

COMMAND_LINE = access.system("command-line")


@click.group()
def tokens() -> None:
    """Make, list and revoke tokens for programs."""


@tokens.command()
@click.option("--person", required=True, help="Handle of the person for whom the program acts.")
@click.option("--role", required=True, type=click.Choice([role.value for role in access.Role]))
@click.option("--district", help="Six-digit code; left out for operators only.")
@click.option(
    "--scope", "scopes", required=True, multiple=True, help="read, apply, teach …; repeat or use commas."
)
@click.option(
    "--days", type=click.IntRange(1, LIMITS.token_days_most), default=LIMITS.token_days, show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def create(
    *,
    person: str,
    role: str,
    district: str | None,
    scopes: tuple[str, ...],
    days: int,
    as_json: bool,
) -> None:
    """Make a token; it is shown this once."""
    wanted = [scope.strip() for each in scopes for scope in each.split(",") if scope.strip()]
    try:
        made = token_service.create(
            actor=COMMAND_LINE, person=person, role=role, district=district, scopes=wanted, days=days
        )
    except SkillHubError as error:
        _refuse(error)
    if as_json:
        values = {"id": made.id, "token": made.token, "scopes": list(made.scopes)}
        click.echo(json.dumps(values | {"expires_at": made.expires_at.isoformat()}))
    else:
        click.echo(f"{made.id}\t{made.token}\t{','.join(made.scopes)}\t{made.expires_at.isoformat()}")


@tokens.command("list")
@click.option("--person", help="Only those of one person.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, person: str | None, as_json: bool) -> None:
    """List tokens, without the tokens."""
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
    """End a token by its id."""
    try:
        token_service.revoke(actor=COMMAND_LINE, token=token_id)
    except SkillHubError as error:
        _refuse(error)


@click.command("outbox")
@click.option("--phone", help="Only messages to this phone.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON lines.")
def outbox_command(*, phone: str | None, as_json: bool) -> None:
    """Read the messages that were sent; in the profiles demo and test only."""
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


def _refuse(error: SkillHubError) -> None:
    reasons = [str(each.message) for each in error.errors] if isinstance(error, Invalid) else []
    for reason in reasons or [error.text()]:
        click.echo(reason, err=True)
    raise SystemExit(1)


commands = [tokens, outbox_command]
