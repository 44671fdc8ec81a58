"""What the facts of a certificate are called on pages, in the reader's language."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from flask_babel import LazyString, lazy_pgettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.base.errors import SkillHubError
from skillhub.courses.rules.levels import LEVELS
from skillhub.credentials import errors
from skillhub.credentials.rules.facts import Facts
from skillhub.credentials.vc.badge import Shown
from skillhub.credentials.vc.verify import Answer, Finding, Judgement, Why
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
        (_("更正换发"), _version(facts)),
    ]


def _version(facts: Facts) -> str:
    if facts.corrected_on is None:
        return ""
    day = words.full_day(facts.corrected_on)
    words_of_version = _("第%(version)s版（%(day)s），以前的版本不再有效")
    return str(words_of_version) % {"version": facts.version, "day": day}


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
    return worded_hours(facts.hours, facts.theory_hours, facts.practice_hours)


def worded_hours(hours: object, theory: object, practice: object) -> str:
    """Return hours as paper words them."""
    words_of_hours = _("%(hours)s课时（理论%(theory)s，实操%(practice)s）")
    return str(words_of_hours) % {"hours": hours, "theory": theory, "practice": practice}


def _marks(facts: Facts) -> str:
    return _named_marks(facts.theory, facts.practice)


def _named_marks(theory: int | None, practice: int | None) -> str:
    named = ((_("理论"), theory), (_("实操"), practice))
    known = [(part, mark) for part, mark in named if mark is not None]
    return "　".join(_("%(part)s%(mark)s分", part=part, mark=mark) for part, mark in known)


ASKED: dict[str, LazyString] = {
    "unaltered": _l("内容没有被改过"),
    "issued_by": _l("由本系统签发"),
    "in_force": _l("已经生效"),
    "not_revoked": _l("没有被撤销"),
}
"""The four questions about a credential."""

SAID: dict[Answer, LazyString] = {
    Answer.YES: lazy_pgettext("verify", "是"),
    Answer.NO: lazy_pgettext("verify", "否"),
    Answer.UNKNOWN: lazy_pgettext("verify", "没查到"),
}

COLOURS = {Answer.YES: "ok", Answer.NO: "bad", Answer.UNKNOWN: "none"}

BECAUSE: dict[Why, LazyString] = {
    Why.SIGNED: _l("签名和内容对得上。"),
    Why.MALFORMED: _l("这不是本系统发出的证书文件，或者内容被改过。"),
    Why.FOREIGN: _l("是别的机构签发的，这里没有它的公钥，查不了。"),
    Why.NO_KEYS: _l("这里还没有公钥，查不了。"),
    Why.KEY_UNKNOWN: _l("签名用的密钥不在发证机构的公钥里。"),
    Why.SIGNATURE_WRONG: _l("签名和内容对不上，内容被改过。"),
    Why.TRUSTED: _l("签名用的是发证机构公布的密钥。"),
    Why.NOT_REGISTERED: _l("签名对得上，但发证登记里没有这一份。不要认，请告诉发证的区。"),
    Why.NOT_CHECKED: _l("前面一项没通过，所以没有查这一项。"),
    Why.IN_FORCE: _l("发证日期已到。"),
    Why.NOT_YET: _l("发证日期还没到。"),
    Why.NOT_REVOKED: _l("最新的撤销名单里没有它。"),
    Why.REVOKED: _l("撤销名单里有它。"),
    Why.SUPERSEDED: _l("内容更正后换发了新证，这一版不再有效。"),
    Why.NO_LIST: _l("没有撤销名单。请联网再查一次。"),
    Why.LIST_BAD: _l("撤销名单读不懂或者签名不对。请联网再查一次。"),
    Why.LIST_OLD: _l("撤销名单太旧了。请联网再查一次。"),
    Why.NOTHING_INSIDE: _l("这个PDF里没有证书的电子签名，可能是重新打印或者另存过的。"),
    Why.CODE_ONLY: _l("二维码里没有这一项。请联网打开核验页再查。"),
}
"""The reason behind each answer, in words."""


def answers(found: Judgement) -> dict[str, Any]:
    """Return a judgement as JSON; facts only where the signature is good."""
    told: dict[str, Any] = {
        name: {"value": each.value.value, "detail": str(BECAUSE[each.why])}
        for name, each in found.findings.items()
    }
    told["issued_by"]["host"] = found.host or None
    if found.shown is not None:
        told["facts"] = {name: value for name, value in shown_facts(found.shown).items() if value is not None}
    return told


def shown_facts(shown: Shown) -> dict[str, Any]:
    """Return the facts of a credential as JSON values, under the names of the certificate's own."""
    values = dataclasses.asdict(shown)
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if name != "results"
    } | dict(shown.results)


def lines(found: Judgement) -> list[str]:
    """Return a judgement as lines for a terminal."""
    told = [
        f"{ASKED[name]}：{SAID[each.value]}（{BECAUSE[each.why]}）" for name, each in found.findings.items()
    ]
    if found.host:
        told.append(f"{_('签发主机')}：{found.host}")
    if found.shown is not None:
        told += [f"{label}：{value}" for label, value in shown_pairs(found.shown)]
    return told


def shown_pairs(shown: Shown, *, is_whole: bool = True) -> list[tuple[str, str]]:
    """Return labels and values of what a credential says, in the order of the paper."""
    first, last = words.full_day(shown.starts_on), words.full_day(shown.ends_on)
    results = shown.results
    split = {name: results.get(name, 0) for name in ("hours", "theory_hours", "practice_hours")}
    marks = _named_marks(results.get("theory"), results.get("practice"))
    return [
        (_("证书序列号"), shown.number),
        (_("姓名"), shown.name if is_whole else words.masked(shown.name)),
        (_("身份信息"), _("尾号%(digits)s", digits=shown.identity_last4)),
        (_("培训项目名称"), shown.course),
        (_("起止日期"), _("%(first)s至%(last)s", first=first, last=last)),
        (_("机构名称"), shown.body),
        (_("发证日期"), words.full_day(shown.issued_on)),
        (_("培训工种"), "　".join(filter(None, (shown.trade, shown.level_name)))),
        (_("培训班次"), shown.batch),
        (_("培训课时"), worded_hours(split["hours"], split["theory_hours"], split["practice_hours"])),
        *([(_("考核成绩"), marks)] if marks else []),
    ]


def rows(found: Judgement | None) -> list[tuple[str, str, str, str]]:
    """Return question, reason, answer and colour of each of the four; None is for no signature yet."""
    if found is None:
        unknown = str(SAID[Answer.UNKNOWN])
        return [
            (str(asked), _("电子签名还在生成，请过几秒钟再查。"), unknown, "none") for asked in ASKED.values()
        ]
    return [
        (str(ASKED[name]), _because(name, each, found), str(SAID[each.value]), COLOURS[each.value])
        for name, each in found.findings.items()
    ]


def _because(name: str, finding: Finding, found: Judgement) -> str:
    """Name the host where it is the answer: a name inside the file may be anybody's."""
    said = str(BECAUSE[finding.why])
    return f"{found.host}　{said}" if name == "issued_by" and found.host else said
