"""What `skillhub doctor` looks at; each check tells one thing and none of them changes anything."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import TextClause, create_engine, make_url, select, text

from skillhub.base import audit_seal, clock, schema, seal
from skillhub.base.post import Channel
from skillhub.base.work.heartbeat import SILENCE
from skillhub.base.work.model import Heartbeat
from skillhub.command import gateway_checks, problems, ready, start_clock
from skillhub.config import EXAMPLE_ISSUER, Config, Profile
from skillhub.credentials import fonts
from skillhub.plugins import discover
from skillhub.plugins.bus import Bus
from skillhub.plugins.workers import Pool, walls

LEAST_FREE_BYTES = 500 * 1024 * 1024
RELEASED = datetime(2025, 1, 1, tzinfo=UTC)  # a machine that shows an earlier day has no clock
MEGABYTE = 1024 * 1024
_RESTING = text("SELECT district_code, plugin, reason FROM plugin_rest WHERE ended_at IS NULL")
_SWITCHED_ON = text(
    "SELECT district_code, plugin FROM plugin_switch AS switch WHERE is_on AND NOT EXISTS ("
    "SELECT 1 FROM plugin_offer JOIN plugin_package ON sha256 = package_sha256 WHERE name = switch.plugin "
    "AND plugin_offer.district_code = switch.district_code AND state = 'approved') ORDER BY 1, 2"
)


@dataclass(frozen=True)
class Finding:
    """The result of one check: `text` says what was found, and what to do if it is not well."""

    name: str
    is_well: bool
    text: str


class Red(Exception):
    """Something is not well; the message says what to do."""


def findings(config: Config) -> Iterator[Finding]:
    """Carry out every check, whatever the others found."""
    for name, check in CHECKS.items():
        yield _found(name, check, config)


def _found(name: str, check: Callable[[Config], str], config: Config) -> Finding:
    try:
        return Finding(name, is_well=True, text=check(config))
    except Red as red:
        return Finding(name, is_well=False, text=str(red))
    except Exception as error:  # noqa: BLE001 (a check that breaks is a finding, and the others go on)
        return Finding(name, is_well=False, text=problems.line(error) or f"{type(error).__name__}: {error}")


def _database(config: Config) -> str:
    _require_database(config)
    engine = create_engine(config.database)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    finally:
        engine.dispose()
    return make_url(config.database).render_as_string(hide_password=True)


def _require_database(config: Config) -> None:
    if not ready.has_database(config):
        raise Red("还没有数据库。请先运行：skillhub db upgrade")


def _migrations(config: Config) -> str:
    _require_database(config)
    schema.require_current(config.database)
    return schema.state(config.database)


def _fonts(_config: Config) -> str:
    folder = fonts.default_folder()
    if not fonts.are_current(fonts.FontFiles.within(folder)):
        raise Red("证书用的中文字体没有备好。请运行：python -m skillhub.credentials.fonts")
    return str(folder)


def _keys(config: Config) -> str:
    return f"{len(seal.load(config.keys_folder).sealing)} 把封存密钥，{config.keys_folder}"


def _plugins(config: Config) -> str:
    if config.is_safe_mode:
        raise Red("安全模式：没有启用任何插件。查清原因以后，请去掉 SKILLHUB_SAFE_MODE 再启动。")
    bus = Bus(apart=Pool())
    loaded = discover.load(bus, config.names(config.plugins_allowed), config.names(config.plugins_trusted))
    troubles = [str(each) for each in loaded.rejected]
    if ready.has_database(config):
        troubles += [
            f"{plugin} 在 {district} 出错太多，已自动停下：{reason}。请区工作人员在“规则”页面恢复，"
            f"或运行：skillhub plugins wake {plugin} --district {district}"
            for district, plugin, reason in _resting(config)
        ]
        names = {each.manifest.name for each in loaded.plugins}
        troubles += [
            f"{plugin} 在 {district} 启用着，但没有装上，要它决定的事都转给工作人员。请装上，"
            f"或运行：skillhub plugins disable {plugin} --district {district}"
            for district, plugin in _on(config)
            if plugin not in names
        ]
    if troubles:
        raise Red("；".join(troubles))
    told = [f"{each.manifest.name} {each.manifest.version}" for each in loaded.plugins] or ["没有插件"]
    if any(each.is_apart for each in loaded.plugins):
        told += [f"这台机器没有隔离 {name}（{why}）" for name, why in walls.lacking().items()]
    return "、".join(told)


def _on(config: Config) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in _rows(config, _SWITCHED_ON)]


def _resting(config: Config) -> list[tuple[str, str, str]]:
    return [(row[0], row[1], row[2]) for row in _rows(config, _RESTING)]


def _rows(config: Config, statement: TextClause) -> list[tuple[str, ...]]:
    engine = create_engine(config.database)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(statement)]
    finally:
        engine.dispose()


def _worker(config: Config) -> str:
    _require_database(config)
    engine = create_engine(config.database)
    try:
        with engine.connect() as connection:
            beat = connection.scalar(select(Heartbeat.beat_at))
    finally:
        engine.dispose()
    if beat is None:
        raise Red("后台工作还没有启动过。请运行：skillhub worker")
    silent = clock.real_now() - beat
    if silent > SILENCE:
        raise Red(f"后台工作已停了 {int(silent.total_seconds())} 秒。请运行：skillhub worker")
    return f"{max(0, int(silent.total_seconds()))} 秒前还在工作"


def _audit(config: Config) -> str:
    _require_database(config)
    engine = create_engine(config.database)
    try:
        with engine.connect() as connection:
            chain = audit_seal.check(connection)
    finally:
        engine.dispose()
    if chain.broken_at is not None:
        raise Red(f"操作记录从第 {chain.broken_at} 条起和封存时不一致，被人改过。请留住数据库，先查清。")
    return f"{chain.sealed} 条已封存，{chain.unsealed} 条等着封存"


def _clock(config: Config) -> str:
    now = clock.real_now()
    if now < RELEASED:
        raise Red(f"这台机器的时间是 {now:%Y-%m-%d}，显然不对。请先校时。")
    stored = start_clock.stored(config) if ready.has_database(config) else None
    if stored is None:
        return f"真实时间 {now.isoformat(timespec='seconds')}"
    if not config.is_movable:
        raise Red("数据库里存着演示时钟，正式运行不会用它，但说明这个库来自演示。请换一个库。")
    return f"演示时间 {(stored.instant + (now - stored.set_at)).isoformat(timespec='seconds')}"


def _disk(config: Config) -> str:
    if not os.access(config.data_folder, os.W_OK):
        raise Red(
            f"数据目录 {config.data_folder} 不存在或者不能写。请改它的权限，或者用 SKILLHUB_DATA 换一个目录。"
        )
    free = ready.free_bytes(config.data_folder)
    if free < LEAST_FREE_BYTES:
        raise Red(f"数据目录 {config.data_folder} 所在的磁盘只剩 {free // MEGABYTE} MB。请腾出空间。")
    return f"{config.data_folder} 还有 {free // MEGABYTE} MB"


def _issuer(config: Config) -> str:
    if config.profile == Profile.PRODUCTION and config.issuer_host == EXAMPLE_ISSUER:
        raise Red(f"发证主机还是示例 {EXAMPLE_ISSUER}。请在首次发证之前设置 SKILLHUB_ISSUER_HOST。")
    return config.issuer_host


def _sms(config: Config) -> str:
    return _gateway(config, Channel.SMS)


def _mail(config: Config) -> str:
    return _gateway(config, Channel.MAIL)


def _gateway(config: Config, channel: Channel) -> str:
    is_well, said = gateway_checks.line(config, channel)
    if not is_well:
        raise Red(said)
    return said


CHECKS: dict[str, Callable[[Config], str]] = {
    "database": _database,
    "migrations": _migrations,
    "fonts": _fonts,
    "keys": _keys,
    "plugins": _plugins,
    "worker": _worker,
    "audit": _audit,
    "clock": _clock,
    "disk": _disk,
    "issuer": _issuer,
    "sms": _sms,
    "mail": _mail,
}
