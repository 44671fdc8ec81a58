"""What must be in order before a process of ours starts; each check raises one line that says what to do."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from skillhub.base import schema, seal, signing
from skillhub.base.problem import Problem
from skillhub.command.problems import FULL, OUT_OF_ROOM
from skillhub.config import Config, Profile
from skillhub.credentials.queries import issuer as issuers

HOST = "127.0.0.1"
LEAST_FREE_BYTES = 50 * 1024 * 1024


def data_folder(config: Config) -> None:
    """Make the data folder if need be, and try to write there.

    :raises Problem: it cannot be made or written, or the disk is full.
    """
    folder = config.data_folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
    except OSError as error:
        if error.errno in OUT_OF_ROOM:
            raise Problem(FULL) from error
        raise Problem(
            f"数据目录 {folder} 不能写（{error.strerror}）。请改它的权限，或者用 SKILLHUB_DATA 换一个目录。"
        ) from error
    if free_bytes(folder) < LEAST_FREE_BYTES:
        raise Problem(FULL)


def free_bytes(folder: Path) -> int:
    """Return how much room this user still has on the disk of a folder."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def database(config: Config) -> None:
    """See to it that database and keys are there: made anew for demo and test, checked otherwise.

    :raises skillhub.base.schema.SchemaProblem: the database is behind or newer.
    :raises skillhub.base.seal.KeyProblem: a key is missing or readable by others.
    """
    found = schema.refuse_newer(config.database) if has_database(config) else schema.State.EMPTY
    if found is schema.State.EMPTY and config.is_movable:
        make_keys(config)
        schema.upgrade(config.database)
    seal.load(config.keys_folder)
    schema.require_current(config.database)
    issuer(config)


def issuer(config: Config) -> None:
    """See to it that the issuer's host is still the one in whose name certificates were signed.

    :raises Problem: it is another one, so that their keys and lists would be looked for in vain.
    """
    others = issuers.hosts(config.database) - {config.issuer_host}
    if others:
        raise Problem(
            f"SKILLHUB_ISSUER_HOST={config.issuer_host}：已经用 {'、'.join(sorted(others))} 签发过证书，"
            "不能再改。请改回去。"
        )


def web_process(config: Config) -> None:
    """In production, see to it that web processes cannot open the keys that sign.

    :raises skillhub.base.seal.KeyProblem: they could.
    """
    if config.profile == Profile.PRODUCTION:
        signing.require_unreadable(config.keys_folder)


def upgraded_database(config: Config, version: str = schema.HEAD) -> None:
    """Bring the database to a version; its keys are made only with a new database of demo or test.

    :raises skillhub.base.schema.SchemaProblem: the database is newer.
    """
    if config.is_movable and (
        not has_database(config) or schema.state(config.database) is schema.State.EMPTY
    ):
        make_keys(config)
    schema.upgrade(config.database, version)


def make_keys(config: Config) -> None:
    """Write keys if there are none yet; damaged ones are told later, never overwritten."""
    if not list(config.keys_folder.glob("*.key")):
        seal.make(config.keys_folder)


def has_database(config: Config) -> bool:
    """Tell whether there is something to look at; asking SQLite would make the file."""
    url = make_url(config.database)
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def port(config: Config) -> None:
    """Try the port.

    :raises Problem: another program has it, or it needs rights that we have not.
    """
    number = int(config.port)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, number))
        except PermissionError as error:
            raise Problem(f"端口 {number} 不让普通用户用。请换一个大于1023的，比如：PORT=8000") from error
        except OSError as error:
            raise Problem(
                f"端口 {number} 已被别的程序占用。请停掉那个程序，或者换一个端口，比如：PORT={_other(number)}"
            ) from error


def _other(number: int) -> int:
    return number + 1 if number < 65_535 else 8000  # noqa: PLR2004 (TCP)
