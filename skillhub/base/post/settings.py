"""The only place that makes gateways of what the operator has written, and refuses what cannot be right.

Passwords are never settings: a setting names the file that holds one, which nobody
else may read.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from skillhub.base import egress
from skillhub.base.post import Channel, Gateway, Gateways
from skillhub.base.post.mail import MailGateway
from skillhub.base.post.sms import SmsGateway, places

SMTP_SCHEMES = {"smtp": 587, "smtps": 465}
BODY_PLACES = frozenset({"to", "text", "id", "secret"})
HEADER_PLACES = frozenset({"id", "secret"})
USUAL_BODY = {"to": "{to}", "text": "{text}", "id": "{id}"}
USUAL_HEADERS = {"Authorization": "Bearer {secret}"}


class GatewayProblem(Exception):
    """A setting of a gateway cannot be right; `setting` is its name, the message says what to write."""

    def __init__(self, setting: str, message: str) -> None:
        """Keep both."""
        self.setting = setting
        super().__init__(message)


@dataclass(frozen=True, kw_only=True)
class Written:
    """The settings of both gateways as they were written, by the names that they have."""

    smtp_url: str = ""
    smtp_sender: str = ""
    smtp_password_file: str = ""
    sms_url: str = ""
    sms_headers: str = ""
    sms_body: str = ""
    sms_accepted: str = ""
    sms_id_member: str = ""
    sms_secret_file: str = ""
    ca_file: str = ""


def gateways(written: Written, *, is_for_real: bool) -> Gateways:
    """Return the gateways that the operator has connected.

    :raises GatewayProblem: a setting cannot be right.
    """
    ca_file = _ca_file(written.ca_file)
    made: dict[Channel, Gateway] = {}
    if written.smtp_url:
        made[Channel.MAIL] = _mail(written, ca_file)
    else:
        _refuse_leftovers(written, "smtp_url", "smtp_sender", "smtp_password_file")
    if written.sms_url:
        made[Channel.SMS] = _sms(written, ca_file)
    else:
        parts = ("sms_headers", "sms_body", "sms_accepted", "sms_id_member", "sms_secret_file")
        _refuse_leftovers(written, "sms_url", *parts)
    return Gateways(made, is_for_real)


def _refuse_leftovers(written: Written, address: str, *others: str) -> None:
    """Refuse parts of a gateway that has no address: messages would wait and nobody would know why."""
    for name in others:
        if getattr(written, name):
            raise GatewayProblem(
                name, f"只写了这一项，没有写 SKILLHUB_{address.upper()}。请补上，或把它去掉。"
            )


def _mail(written: Written, ca_file: Path | None) -> MailGateway:
    form = "请写 smtp://用户@主机:587（STARTTLS）或 smtps://用户@主机:465，密码写在文件里。"
    scheme, _, rest = written.smtp_url.partition("://")
    user, at, place = rest.rpartition("@")
    host, colon, digits = place.rstrip("/").rpartition(":") if ":" in place else (place.rstrip("/"), "", "")
    host = host.strip("[]")
    if scheme not in SMTP_SCHEMES or not host or (at and not user) or ":" in user:
        raise GatewayProblem("smtp_url", form)
    if colon and not (digits.isascii() and digits.isdigit() and 0 < int(digits) < 65_536):  # noqa: PLR2004 (TCP)
        raise GatewayProblem("smtp_url", form)
    try:
        egress.check_host(host)
    except egress.EgressRefused as error:
        raise GatewayProblem("smtp_url", form) from error
    if not _is_address(written.smtp_sender):
        raise GatewayProblem("smtp_sender", "请写发信人的邮箱，比如 post@example.cn。")
    password = _secret("smtp_password_file", written.smtp_password_file)
    if bool(user) != bool(password):
        raise GatewayProblem(
            "smtp_password_file", "SKILLHUB_SMTP_URL 里的用户和这里的密码文件要么都写，要么都不写。"
        )
    return MailGateway(
        host=host,
        port=int(digits) if colon else SMTP_SCHEMES[scheme],
        sender=written.smtp_sender,
        allowed=egress.Allowed(frozenset({host}), ca_file),
        user=unquote(user),
        password=password,
        is_tls_from_the_start=scheme == "smtps",
    )


def _sms(written: Written, ca_file: Path | None) -> SmsGateway:
    secret = _secret("sms_secret_file", written.sms_secret_file)
    host = written.sms_url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    named = host.partition("]")[0].strip("[") if host.startswith("[") else host.partition(":")[0]
    allowed = egress.Allowed(frozenset({named.lower()}), ca_file)
    try:
        egress.target(written.sms_url, allowed)
    except egress.EgressRefused as error:
        raise GatewayProblem(
            "sms_url", "请写 https://主机/路径，不带用户名和密码；只有本机地址可以用 http。"
        ) from error
    body = _json("sms_body", written.sms_body) if written.sms_body else USUAL_BODY
    headers = _object("sms_headers", written.sms_headers) or (USUAL_HEADERS if secret else {})
    _check_places("sms_body", body, BODY_PLACES, secret)
    _check_places("sms_headers", headers, HEADER_PLACES, secret)
    if not {"to", "text"} <= places(body):
        raise GatewayProblem("sms_body", "里面要有 {to}（手机号）和 {text}（短信内容）。")
    if not all(isinstance(value, str) and _is_header(name, value) for name, value in headers.items()):
        raise GatewayProblem(
            "sms_headers", '请写一个JSON对象，名称和值都是英文字符，比如 {"X-Key": "{secret}"}。'
        )
    return SmsGateway(
        url=written.sms_url,
        headers=headers,
        body=body,
        allowed=allowed,
        secret=secret,
        accepted=_object("sms_accepted", written.sms_accepted),
        id_member=written.sms_id_member,
    )


def _check_places(setting: str, template: Any, known: frozenset[str], secret: str) -> None:
    found = places(template)
    listed = "、".join(f"{{{name}}}" for name in sorted(known))
    if found - known:
        raise GatewayProblem(setting, f"不认识 {{{min(found - known)}}}。只能用 {listed}。")
    if "secret" in found and not secret:
        raise GatewayProblem(
            "sms_secret_file", f"SKILLHUB_{setting.upper()} 用到 {{secret}}，这里要写密钥文件。"
        )


def _json(setting: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise GatewayProblem(setting, f"这不是JSON（{error}）。请改正后再启动。") from error


def _object(setting: str, text: str) -> Mapping[str, Any]:
    found = _json(setting, text) if text else {}
    if not isinstance(found, dict):
        raise GatewayProblem(setting, '请写一个JSON对象，比如 {"code": 0}。')
    return found


def _is_header(name: str, value: str) -> bool:
    is_name = name.isascii() and name.replace("-", "").isalnum()
    return is_name and value.isascii() and value.isprintable()


def _is_address(text: str) -> bool:
    name, _, domain = text.rpartition("@")
    is_plain = text.isascii() and text.isprintable() and not any(sign in text for sign in ' <>,;:"()[]\\')
    return is_plain and bool(name) and "@" not in name and bool(domain.strip("."))


def _secret(setting: str, path: str) -> str:
    """Read a secret from the file that a setting names.

    :raises GatewayProblem: it cannot be read, others can read it, or it is no line of text.
    """
    if not path:
        return ""
    try:
        mode = Path(path).stat().st_mode
        text = Path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise GatewayProblem(
            setting, f"读不到 {path}。请写一个只有本用户能读的文件，里面一行密钥。"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise GatewayProblem(setting, f"{path} 别人也能读。请运行：chmod 600 {path}")
    if not text or not text.isprintable():
        raise GatewayProblem(setting, f"{path} 里要有一行密钥，不带别的字符。")
    return text


def _ca_file(path: str) -> Path | None:
    if not path:
        return None
    try:
        egress.context(egress.Allowed(ca_file=Path(path)))
    except OSError as error:
        raise GatewayProblem("ca_file", f"{path} 不是能读的PEM证书文件。") from error
    return Path(path)
