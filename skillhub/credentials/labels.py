"""What the facts of a certificate are called on pages, in the reader's language."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.base.errors import SkillHubError
from skillhub.courses.rules.levels import LEVELS
from skillhub.credentials import errors
from skillhub.credentials.rules.facts import Facts
from skillhub.web import words

_FAILURES: tuple[type[SkillHubError], ...] = (
    errors.NotEarned,
    errors.TooEarly,
    errors.ClassCancelled,
    errors.IdentityMissing,
    errors.NumberTaken,
)
_WORDED: dict[str, LazyString] = {
    errors.CharacterMissing.code: _l(
        "姓名、课程或学校名称里有字库没有的字，印出来会是空白。请报给管理员补字后再发。"
    ),
    "forbidden": _l("提交人现在没有发证的权限。"),
    "not_found": _l("报名记录已经变了，请刷新名单。"),
}


def pairs(facts: Facts, *, is_whole: bool = True) -> list[tuple[str, str]]:
    """Return labels and values in the order of the paper, so that both can be compared line by line."""
    first, last = words.full_day(facts.starts_on), words.full_day(facts.ends_on)
    return [
        (_("证书序列号"), facts.number),
        (_("姓名"), facts.name if is_whole else words.masked(facts.name)),
        (_("身份信息"), _("尾号%(digits)s", digits=facts.identity_last4)),
        (_("培训项目名称"), facts.course),
        (_("起止日期"), _("%(first)s至%(last)s", first=first, last=last)),
        (_("机构名称"), facts.body),
        (_("发证日期"), words.full_day(facts.issued_on)),
        (_("培训工种"), _trade(facts)),
        (_("培训班次"), facts.batch),
        (_("培训课时"), _hours(facts)),
        (_("考核成绩"), _marks(facts)),
    ]


def failure(code: str) -> str:
    """Return why one certificate was not issued."""
    if code in _WORDED:
        return str(_WORDED[code])
    known = next((each for each in _FAILURES if each.code == code), SkillHubError)
    return str(known.message).replace("%(number)s", "")


def _trade(facts: Facts) -> str:
    if facts.level is None:
        return facts.trade
    return f"{facts.trade}　{LEVELS.get(facts.level, facts.level)}"


def _hours(facts: Facts) -> str:
    words_of_hours = _("%(hours)s课时（理论%(theory)s，实操%(practice)s）")
    return str(words_of_hours) % {
        "hours": facts.hours,
        "theory": facts.theory_hours,
        "practice": facts.practice_hours,
    }


def _marks(facts: Facts) -> str:
    named = ((_("理论"), facts.theory), (_("实操"), facts.practice))
    known = [(part, mark) for part, mark in named if mark is not None]
    return "　".join(_("%(part)s%(mark)s分", part=part, mark=mark) for part, mark in known)
