"""The only place for the texts to which people consent; a changed text gets a new version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from skillhub.accounts.wrong import Wrong

BASIC = "basic"
EMPLOYERS = "employers"
FACE = "face"
MAIL = "mail"

_PURPOSE = re.compile(r"[a-z][a-z_]{1,39}")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")


@dataclass(frozen=True)
class ConsentText:
    """What is shown before somebody agrees."""

    purpose: str
    version: str
    text: str


@dataclass(frozen=True)
class Given:
    """A consent as it was given; `given_at` is set for what was given earlier (imports)."""

    purpose: str
    text_version: str
    given_at: datetime | None = None


CURRENT = {
    BASIC: ConsentText(
        BASIC,
        "2025-10",
        "为了办理培训报名、发放证书、申请补贴和介绍工作，本区零工市场记录您的姓名、证件号码、手机号、"
        "所在街道和人群类别。证件号码和手机号加密保存，只有经办人员在办事时能看到。"
        "您可以随时查看、更正、要求删除，或收回同意。",
    ),
    MAIL: ConsentText(
        MAIL,
        "2025-11",
        "邮箱只用来给您发通知，加密保存，不给别人。随时可以在这一页停用，停用后改发短信。",
    ),
}


def given(purpose: str, text_version: str, given_at: datetime | None = None) -> Given:
    """Read one consent.

    :raises Wrong: purpose or version cannot be right.
    """
    if not _PURPOSE.fullmatch(purpose) or not _VERSION.fullmatch(text_version.strip()):
        raise Wrong("consent_form")
    return Given(purpose, text_version.strip(), given_at)
