"""Every error that SkillHub raises on purpose has its root here.

One root, one class per reason. `code` is stable and is what the API returns;
`message` is a lazy translation and is what a person reads: what is wrong, why,
what to do next. Each class names the HTTP status that the web floor answers
with, so no view maps errors. Facts are public: ids and numbers, never a name
or a secret.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a form or a JSON body, and what to type instead."""

    field: str
    code: str
    message: str | LazyString


class SkillHubError(Exception):
    """Root of all expected errors; anything else is a bug and answers 500."""

    code = "error"
    status = 400
    message: str | LazyString = _l("没有办成。请返回上一页再试一次。")
    retry_after: int | None = None

    def __init__(self, **facts: object) -> None:
        """Keep the facts; those named in the message are filled in when it is shown."""
        self.facts = facts
        super().__init__(f"{self.code}: {facts}")

    def text(self) -> str:
        """Return the message in the reader's language, with its facts filled in."""
        text = str(self.message)
        return text % self.facts if self.facts and "%(" in text else text


class Malformed(SkillHubError):
    """The request cannot be read at all: broken JSON, an unknown member, a wrong JSON type."""

    code = "malformed"
    status = 400
    message = _l("请求的格式读不懂。请对照接口说明检查。")

    def __init__(self, errors: tuple[FieldError, ...] = (), **facts: object) -> None:
        """Name each member that cannot be read."""
        self.errors = errors
        super().__init__(**facts)


class Unauthenticated(SkillHubError):
    """Nobody is signed in, or the token is not (or no longer) good."""

    code = "unauthenticated"
    status = 401
    message = _l("请先登录。")


class Forbidden(SkillHubError):
    """The signed-in person has no role that may do this anywhere."""

    code = "forbidden"
    status = 403
    message = _l("您的身份不能办这件事。如有需要，请找本区的管理人员开通。")


class NotFound(SkillHubError):
    """The thing asked for does not exist, or not for this person."""

    code = "not_found"
    status = 404
    message = _l("这个地址下没有内容。请检查链接，或返回首页。")


class Conflict(SkillHubError):
    """The thing has changed, or is in a state in which this cannot be done."""

    code = "conflict"
    status = 409
    message = _l("现在的状态不能这样办。请刷新页面看最新情况。")


class VersionConflict(Conflict):
    """Someone else changed the same thing since it was read."""

    code = "version_conflict"
    message = _l("这条内容刚被别人改过。请刷新后再改一次。")


class Invalid(SkillHubError):
    """Something was typed that cannot be right; `errors` says which field and what to type instead."""

    code = "invalid"
    status = 422
    message = _l("有几处需要改一下，请看标红的说明。")

    def __init__(self, *errors: FieldError, **facts: object) -> None:
        """Name each wrong field."""
        self.errors = errors
        super().__init__(**facts)


class Busy(SkillHubError):
    """The database is held by someone else for longer than a person should wait."""

    code = "busy"
    status = 503
    retry_after = 2
    message = _l("现在办理的人多，请过几秒再试。您填的内容没有丢。")


class StorageFull(SkillHubError):
    """The disk is full or the database may not be written."""

    code = "storage_full"
    status = 503
    retry_after = 60
    message = _l("系统现在存不下新内容，正在处理。请稍后再试。")


class TooMany(SkillHubError):
    """More tries than the limit allows."""

    code = "too_many"
    status = 429
    retry_after = 60
    message = _l("试的次数太多了，请过一会儿再试。")
