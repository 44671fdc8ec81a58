"""What `skillhub doctor` says of mail and SMS: connected or not, failing or not, how many messages wait."""

from __future__ import annotations

from sqlalchemy import Connection, create_engine

from skillhub.base.outbox import health, reading
from skillhub.base.outbox.model import State
from skillhub.base.post import Channel, Gateways
from skillhub.command import ready
from skillhub.config import Config

SETTINGS = {Channel.SMS: "SKILLHUB_SMS_URL", Channel.MAIL: "SKILLHUB_SMTP_URL"}


def line(config: Config, channel: Channel) -> tuple[bool, str]:
    """Return whether messages leave by one way as they should, and a line about it."""
    gateways = config.gateways
    is_missing = channel not in gateways.by_channel
    if is_missing and not gateways.is_for_real:
        return True, "演示和测试：没有接网关，不外发，用 skillhub outbox 看"
    if not ready.has_database(config):
        return False, "还没有数据库。请先运行：skillhub db upgrade"
    engine = create_engine(config.database)
    try:
        with engine.connect() as connection:
            return _found(connection, gateways, channel)
    finally:
        engine.dispose()


def _found(connection: Connection, gateways: Gateways, channel: Channel) -> tuple[bool, str]:
    number = health.waiting(connection, channel)
    if channel not in gateways.by_channel:
        if channel is Channel.MAIL and not number:
            return True, "没有接邮件；要用就设置 SKILLHUB_SMTP_URL"
        return False, f"没有接网关，{number}条消息在等。请设置 {SETTINGS[channel]}，然后重启 skillhub worker"
    failing = health.failing(connection, channel)
    if failing is not None:
        return False, (
            f"网关连续{failing.failures}次没有收下（{failing.code}），{number}条消息在等。"
            f"请检查 {SETTINGS[channel]} 和网络；恢复后会自动补发"
        )
    lost = sum(
        each.number
        for each in reading.counts(connection)
        if each.channel == channel and each.state in (State.FAILED, State.EXPIRED)
    )
    return True, f"已接网关，{number}条在等，{lost}条没有发到"
