"""Which failures a person at the command line can do something about, and the one line that says what.

Anything that is not known here is a bug and keeps its traceback.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import DBAPIError

from skillhub.base.db import translated
from skillhub.base.errors import Busy, SkillHubError, StorageFull
from skillhub.base.problem import Problem
from skillhub.base.seal import KeyProblem
from skillhub.config import SettingProblem

OUT_OF_ROOM = (errno.ENOSPC, errno.EDQUOT)
FULL = "磁盘满了或者不能写。请腾出至少200 MB空间，或者换一个数据目录（SKILLHUB_DATA），再运行一次。"
AWAY = "连不上数据库或者数据库正忙。请确认它在运行、SKILLHUB_DATABASE_URL 写得对，过一会儿再运行一次。"


UPGRADE = "数据库里缺少表。请先运行：skillhub db upgrade"
OF_DATABASE = (
    ("unable to open database file", "打不开数据库文件。请检查数据目录（SKILLHUB_DATA）是否存在、可写。"),
    ("file is not a database", "数据库文件已损坏。请不要再写入，从备份恢复。"),
    ("malformed", "数据库文件已损坏。请不要再写入，从备份恢复。"),
    ("password authentication", "数据库不让这个用户登录。请检查 SKILLHUB_DATABASE_URL 里的用户和密码。"),
    ('role "', "数据库里没有这个用户。请检查 SKILLHUB_DATABASE_URL 里的用户。"),
    ('database "', "数据库不存在。请先建库，再检查 SKILLHUB_DATABASE_URL 里的库名。"),
    ("no such table", UPGRADE),
    ('relation "', UPGRADE),
)


def line(error: BaseException) -> str | None:
    """Return the line for a known failure, None for a bug."""
    if isinstance(error, Problem | SettingProblem | KeyProblem):
        return str(error)
    if isinstance(error, DBAPIError):
        return _of_database(error)
    if isinstance(error, SkillHubError):
        return _of_ours(error)
    return _of_system(error) if isinstance(error, OSError) else None


def _of_ours(error: SkillHubError) -> str:
    if isinstance(error, StorageFull):
        return FULL
    return AWAY if isinstance(error, Busy) else f"{error.text()}（{error.code}）"


def _of_database(error: DBAPIError) -> str | None:
    text = str(error.orig).lower()
    for words, told_line in OF_DATABASE:
        if words in text:
            return told_line
    known = translated(error)
    return _of_ours(known) if isinstance(known, SkillHubError) else None


def _of_system(error: OSError) -> str | None:
    if error.errno in OUT_OF_ROOM:
        return FULL
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and error.filename:
        return f"没有权限读写 {error.filename}。请改它的权限，或者用 SKILLHUB_DATA 换一个目录。"
    if error.errno in (errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR) and error.filename:
        return f"路径 {str(error.filename)[:80]} 不能用。请检查 SKILLHUB_DATA 和 SKILLHUB_KEYS 写得对不对。"
    return None


@contextmanager
def told(refused: type[click.ClickException], misused: type[click.ClickException]) -> Iterator[None]:
    """Turn known failures inside the block into one line; wrong usage into another one.

    :raises click.ClickException: the line, with its exit status.
    """
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "skillhub"
        raise misused(f"{_wrong(error)}用法见：{path} --help") from None
    except Exception as error:
        text = line(error)
        if text is None or isinstance(error, click.ClickException):
            raise
        raise refused(text) from error


def _wrong(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}。"
    if isinstance(error, click.MissingParameter):
        name = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.param_hint
        return f"缺少 {name}。"
    if isinstance(error, click.BadParameter):
        name = error.param.get_error_hint(error.ctx) if error.param and error.ctx else error.param_hint
        return f"{name} 写得不对：{error.message}。" if name else f"{error.message}。"
    return error.message
