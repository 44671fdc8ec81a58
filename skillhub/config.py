"""Every setting with its type, default and help; an unknown key is an error.

Settings come from the environment and from one file of the same names
(`settings.env` in the data folder, `NAME=value` a line); the environment wins.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from skillhub.base.post import Gateways
from skillhub.base.post.settings import GatewayProblem, Written, gateways

PREFIX = "SKILLHUB_"
_YEARS = range(2000, 2101)  # the clock of a demonstration has no business elsewhere
EXAMPLE_ISSUER = "demo.skillhub.example"


class SettingProblem(Exception):
    """A setting is unknown or cannot be right; the message is one line that says what to do."""


class Profile(StrEnum):
    """What the installation is for; only demo and test may move the clock and read the outbox."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


def _setting(help_text: str, default: str) -> str:
    value: str = field(default=default, metadata={"help": help_text})
    return value


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings as they were written; the properties give them their types."""

    profile: str = _setting("demo, test or production", "production")
    data: str = _setting("folder for everything that is written", "var")
    database_url: str = _setting("sqlite:///… or postgresql://…; empty: SQLite in the data folder", "")
    public_url: str = _setting("address under which people reach the pages", "http://127.0.0.1:8000")
    issuer_host: str = _setting("host of the certificates' issuer (did:web)", EXAMPLE_ISSUER)
    keys: str = _setting("folder of the keys; empty: keys in the data folder", "")
    plugins_allowed: str = _setting(
        "names of plugins with code that may run, apart from us, comma-separated", ""
    )
    plugins_trusted: str = _setting("names of plugins among these whose code may run in our process", "")
    plugin_secrets_file: str = _setting(
        "file of the secrets that plugins' settings name, NAME=value a line", ""
    )
    safe_mode: str = _setting("yes: start without any plugin (also --safe-mode); empty: with them", "")
    web_workers: str = _setting("number of web processes", "2")
    now: str = _setting("RFC 3339 instant at which a movable clock starts (demo and test)", "")
    port: str = _setting("port to serve on (also PORT)", "8000")
    smtp_url: str = _setting("mail server, smtp://user@host:587 or smtps://user@host:465; empty: no mail", "")
    smtp_sender: str = _setting("address from which mail is sent", "")
    smtp_password_file: str = _setting("file that holds the password of the mail server", "")
    sms_url: str = _setting("address of the SMS gateway (https); empty: no SMS", "")
    sms_headers: str = _setting("JSON object of headers for the SMS gateway, with {id} and {secret}", "")
    sms_body: str = _setting("JSON body for the SMS gateway, with {to}, {text}, {id} and {secret}", "")
    sms_accepted: str = _setting("JSON object that the SMS gateway's answer contains when it accepts", "")
    sms_id_member: str = _setting("member of the SMS gateway's answer that holds its own number", "")
    sms_secret_file: str = _setting("file that holds the key of the SMS gateway", "")
    ca_file: str = _setting("PEM file of further authorities that gateways are verified by", "")

    @property
    def data_folder(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data).resolve()

    @property
    def keys_folder(self) -> Path:
        """The folder of the keys, absolute."""
        return Path(self.keys).resolve() if self.keys else self.data_folder / "keys"

    @property
    def database(self) -> str:
        """The database's address for SQLAlchemy."""
        return self.database_url or f"sqlite:///{self.data_folder / 'skillhub.sqlite'}"

    @property
    def is_safe_mode(self) -> bool:
        """Tell whether everything starts without plugins."""
        return self.safe_mode == "yes"

    @property
    def is_movable(self) -> bool:
        """Tell whether the clock may be moved and the outbox read."""
        return self.profile in (Profile.DEMO, Profile.TEST)

    @property
    def gateways(self) -> Gateways:
        """The gateways by which messages leave.

        :raises SettingProblem: a setting of theirs cannot be right.
        """
        names = {each.name for each in fields(Written)}
        written = Written(**{name: getattr(self, name) for name in names})
        try:
            return gateways(written, is_for_real=not self.is_movable)
        except GatewayProblem as problem:
            raise SettingProblem(f"{PREFIX}{problem.setting.upper()}：{problem}") from problem

    @property
    def is_https(self) -> bool:
        """Tell whether people reach us by https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def start(self) -> datetime | None:
        """The instant at which the movable clock starts."""
        return datetime.fromisoformat(self.now) if self.now else None

    def names(self, text: str) -> frozenset[str]:
        """Split a comma-separated setting."""
        return frozenset(name.strip() for name in text.split(",") if name.strip())


def read(
    environ: Mapping[str, str], file: Path | None = None, *, defaults: Mapping[str, str] | None = None
) -> Config:
    """Read the settings; `defaults` hold where neither environment nor file says anything.

    :raises SettingProblem: one is unknown or cannot be right.
    """
    values = dict(defaults or {})
    values |= _from_file(file) if file is not None and file.is_file() else {}
    values |= {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    if environ.get("PORT"):
        values[PREFIX + "PORT"] = environ["PORT"]
    if values.get(PREFIX + "PORT"):
        values.setdefault(PREFIX + "PUBLIC_URL", f"http://127.0.0.1:{values[PREFIX + 'PORT']}")
    known = {PREFIX + each.name.upper(): each.name for each in fields(Config)}
    for name, value in values.items():
        if name not in known:
            raise SettingProblem(f"不认识的设置 {name}。可用的设置：{'、'.join(sorted(known))}")
        if not value.isprintable():
            raise SettingProblem(f"{name}：里面有看不见的或者不是UTF-8的字符，请重新写一遍。")
    config = Config(**{known[name]: value for name, value in values.items()})
    check(config)
    return config


def _from_file(file: Path) -> dict[str, str]:
    values = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise SettingProblem(f"{file} 不是UTF-8编码的文本，请用UTF-8另存一次。") from error
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals:
            raise SettingProblem(f"{file} 第{number}行不是“名称=值”，请改正或删去。")
        values[name.strip()] = value.strip()
    return values


def check(config: Config) -> None:
    """Refuse settings that cannot be right.

    :raises SettingProblem: with the name, what was given and what to write instead.
    """
    if config.profile not in set(Profile):
        raise SettingProblem(f"SKILLHUB_PROFILE={config.profile}：请写 demo、test 或 production。")
    if config.safe_mode not in ("", "yes"):
        raise SettingProblem(f"SKILLHUB_SAFE_MODE={config.safe_mode}：请写 yes，或者去掉。")
    if not _is_between(config.web_workers, 1, 64):
        raise SettingProblem(f"SKILLHUB_WEB_WORKERS={config.web_workers}：请写1到64的整数。")
    if not _is_between(config.port, 1, 65535):
        raise SettingProblem(f"PORT={config.port}：请写1到65535的整数。")
    if not _is_database(config.database):
        raise SettingProblem("SKILLHUB_DATABASE_URL：请写 sqlite:///文件 或 postgresql://用户@主机/库。")
    _check_now(config)
    _check_url(config)
    _ = config.gateways


def _is_between(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and least <= int(text) <= most


def _is_database(address: str) -> bool:
    if not address.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        return False
    return address not in ("sqlite:///", "sqlite:///:memory:") and _split(address) is not None


def _split(address: str) -> SplitResult | None:
    """Take an address apart, None for one that cannot be."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _check_now(config: Config) -> None:
    if not config.now:
        return
    if not config.is_movable:
        raise SettingProblem("SKILLHUB_NOW 只在 demo 和 test 中可用，正式运行请去掉。")
    try:
        aware = config.start is not None and config.start.tzinfo is not None and config.start.year in _YEARS
    except ValueError:
        aware = False
    if not aware:
        raise SettingProblem(f"SKILLHUB_NOW={config.now}：请写带时区的时刻，比如 2025-11-10T09:00:00+08:00。")


def _check_url(config: Config) -> None:
    url = _split(config.public_url)
    if url is None or url.scheme not in ("http", "https") or not url.hostname:
        raise SettingProblem(f"SKILLHUB_PUBLIC_URL={config.public_url}：请写 https://主机名。")
    if url.scheme == "http" and not _is_loopback(url.hostname):
        raise SettingProblem(
            f"SKILLHUB_PUBLIC_URL={config.public_url}：只有本机地址可以用 http，请改为 https。"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
