"""The only place that speaks with a mail server: one message by SMTP, over TLS unless it is this machine."""

from __future__ import annotations

import email.policy
import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from skillhub.base import clock, egress
from skillhub.base.post import Down, Later, Never, Outcome, Parcel, Taken

SENDER_NAME = "零工市场"
SUBJECT = "零工市场：您有一条新消息"
SUBJECTS = {"email.code": "零工市场：确认您的邮箱"}
GOING_AWAY = 421
WORDS: dict[type[Exception], str] = {
    ssl.SSLCertVerificationError: "certificate",
    ssl.SSLError: "tls",
    smtplib.SMTPNotSupportedError: "no_tls",
}
_QUEUED = re.compile(rb"queued as ([\w-]{1,80})", re.IGNORECASE)


@dataclass(frozen=True)
class MailGateway:
    """A mail server as the operator has named it, and who sends."""

    host: str
    port: int
    sender: str
    allowed: egress.Allowed
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls_from_the_start: bool = False
    whole_seconds: float = egress.WHOLE_SECONDS

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one message over."""
        letter = letter_of(parcel, self.sender)
        try:
            with self._server() as server:
                return _handed_over(server, self.sender, parcel.to, letter)
        except (egress.EgressRefused, egress.Unreachable, OSError, smtplib.SMTPException) as error:
            return Down(_code(error))

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """Hold a conversation with the server, encrypted and signed in, for so long and no longer."""
        with egress.connected(self.host, self.port, allowed=self.allowed) as plain:
            live: list[socket.socket | None] = [plain]
            with egress.cut_after(self.whole_seconds, lambda: live[0]):
                tls = egress.context(self.allowed)
                if self.is_tls_from_the_start:
                    live[0] = tls.wrap_socket(plain, server_hostname=self.host)
                server = _Conversation(live[0] or plain, self.host, self.port, self.sender.partition("@")[2])
                if not self.is_tls_from_the_start and not egress.is_loopback(self.host):
                    server.starttls(context=tls)
                    live[0] = server.sock
                try:
                    if self.user:
                        server.login(self.user, self.password)
                    yield server
                finally:
                    server.close()


class _Conversation(smtplib.SMTP):
    """The library's client on a connection whose address has been vetted."""

    def __init__(self, connection: socket.socket, host: str, port: int, own_name: str) -> None:
        self._connection = connection
        super().__init__(host, port, local_hostname=own_name or "localhost", timeout=egress.WHOLE_SECONDS)

    def _get_socket(self, *_where: object) -> socket.socket:
        return self._connection


def letter_of(parcel: Parcel, sender: str) -> EmailMessage:
    """Write the letter; every header is ours, so that nothing that people typed becomes one."""
    letter = EmailMessage(policy=email.policy.SMTP)
    letter["From"] = Address(SENDER_NAME, addr_spec=sender)
    letter["To"] = Address(addr_spec=parcel.to)
    letter["Subject"] = SUBJECTS.get(parcel.kind, SUBJECT)
    letter["Date"] = format_datetime(clock.real_now())
    letter["Message-ID"] = f"<{parcel.id}@{sender.partition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(parcel.text)
    return letter


def _handed_over(server: smtplib.SMTP, sender: str, to: str, letter: EmailMessage) -> Outcome:
    """Go through sender, recipient and text; only what is said about the latter two is about this message."""
    server.ehlo_or_helo_if_needed()
    code, _said = server.mail(sender)
    if code != 250:  # noqa: PLR2004 (SMTP: done)
        return Down(str(code))
    code, _said = server.rcpt(to)
    if code not in (250, 251):
        return _refused(code)
    try:
        code, said = server.data(letter.as_bytes())
    except smtplib.SMTPDataError as error:
        return _refused(error.smtp_code)
    if code != 250:  # noqa: PLR2004 (SMTP: done)
        return _refused(code)
    found = _QUEUED.search(said)
    return Taken(str(code), found[1].decode() if found else None)


def _code(error: Exception) -> str:
    """Name what went wrong with the server itself."""
    if isinstance(error, egress.EgressRefused | egress.Unreachable):
        return error.code
    if isinstance(error, smtplib.SMTPResponseException):
        return str(error.smtp_code)
    if isinstance(error, TimeoutError):
        return "timeout"
    for kind, code in WORDS.items():
        if isinstance(error, kind):
            return code
    return "broken_off"


def _refused(code: int) -> Outcome:
    if code == GOING_AWAY or code < 400:  # noqa: PLR2004 (SMTP: -1 and other nonsense)
        return Down(str(code))
    return Never(str(code)) if code >= 500 else Later(str(code))  # noqa: PLR2004 (SMTP)
