"""The only place that words the printed certificate; paper is always in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from skillhub.credentials.rules.facts import Facts

NUMBER_LABEL = "编号"
SEAL_LABEL = "盖章处"
SCAN_TITLE = "扫码核对真伪"
SCAN_TEXT = "扫左侧二维码，把打开的页面和纸面逐项对照。有一项不同，就不要认。"
OFFLINE_TITLE = "没有网络时"
OFFLINE_TEXT = "左侧的码里有签名的内容，用核验程序可以离线核对。"
FICTITIOUS = "演示数据，人物为虚构"
_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True)
class Paper:
    """What a paper calls itself, how its sentence ends, and what it says it is not."""

    title: str
    title_en: str
    ending: str
    not_a_level: str


CERTIFICATE = Paper(
    title="培训合格证书",
    title_en="Certificate of Training",
    ending="经考核合格，准予结业，特发此证。",
    not_a_level="本证书证明参加培训并考核合格，不是职业技能等级证书。",
)
COMPLETION_NOTE = Paper(
    title="结业证明",
    title_en="Note of Completion",
    ending="课时已满，准予结业，特此证明。",
    not_a_level="本证明只证明上满课时，没有考核，不是培训合格证书，也不是职业技能等级证书。",
)
"""For courses without an examination: hours were done, nothing was tested (glossary: completion note)."""


@dataclass(frozen=True)
class Row:
    """One line of the table of facts: a stable key, the printed label, the printed value."""

    key: str
    label: str
    value: str


def paper(facts: Facts) -> Paper:
    """Return which paper these facts make: what was not examined is never called a certificate."""
    return CERTIFICATE if facts.is_examined else COMPLETION_NOTE


def rows(facts: Facts) -> tuple[Row, ...]:
    """Return the printed facts in order, the seven mandatory ones first."""
    mandatory = (
        Row("number", "证书序列号", facts.number),
        Row("name", "姓名", facts.name),
        Row("identity", "身份信息", f"尾号{facts.identity_last4}"),
        Row("course", "培训项目名称", facts.course),
        Row("span", "起止日期", f"{in_digits(facts.starts_on)}至{in_digits(facts.ends_on)}"),
        Row("body", "机构名称", facts.body),
        Row("issued", "发证日期", in_digits(facts.issued_on)),
    )
    more = (
        Row("trade", "培训工种", "　".join(filter(None, (facts.trade, facts.level_name)))),
        Row("batch", "培训班次", facts.batch),
    )
    marks, version = marks_of(facts), version_of(facts)
    return (
        mandatory
        + more
        + ((Row("marks", "考核成绩", marks),) if marks else ())
        + ((Row("version", "更正换发", version),) if version else ())
    )


def version_of(facts: Facts) -> str:
    """Return which version a corrected paper is, as printed; empty for a first one."""
    if facts.corrected_on is None:
        return ""
    return f"第{facts.version}版（{in_digits(facts.corrected_on)}），以前的版本不再有效"


def marks_of(facts: Facts) -> str:
    """Return the marks as printed; empty when none were recorded."""
    named = (("理论", facts.theory), ("实操", facts.practice))
    return "　".join(f"{name}{mark}分" for name, mark in named if mark is not None)


def sentence(facts: Facts) -> str:
    """Return what follows the name: the hours are the course's, not those of one person's presence."""
    training = facts.course if facts.course.endswith("培训") else f"{facts.course}培训"
    split = ""
    if facts.theory_hours and facts.practice_hours:
        split = f"，其中理论{facts.theory_hours}课时、实操{facts.practice_hours}课时"
    return f"参加{training}，共{facts.hours}课时{split}，{paper(facts).ending}"


def in_digits(day: date) -> str:
    """Return a date as 2026年3月27日."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_characters(day: date) -> str:
    """Return a date as 二〇二六年三月二十七日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else _DIGITS[tens]) + "十" if tens else ""
    return head + (_DIGITS[ones] if ones else "")


def message_of_issue(facts: Facts) -> str:
    """Return what the holder is told when the certificate is there."""
    certificate = f"您的“{facts.course}”{paper(facts).title}已经发了，编号{facts.number}。"
    return certificate + "登录后在“我的证书”里下载，也可以到窗口打印。"


def message_of_revocation(facts: Facts, reason: str) -> str:
    """Return what the holder is told when the certificate is taken back."""
    certificate = f"您的{paper(facts).title}{facts.number}（{facts.course}）已被撤销，"
    return certificate + f"原因：{reason.rstrip('。')}。有不同意见请到窗口提出。"


def message_of_correction(facts: Facts, reason: str) -> str:
    """Return what the holder is told when another version stands in for the certificate."""
    certificate = f"您的{paper(facts).title}{facts.number}已更正换发第{facts.version}版，"
    told = f"原因：{reason.rstrip('。')}。以前的版本不再有效，"
    return certificate + told + "请登录后在“我的证书”里下载新版。"


def file_name(facts: Facts) -> str:
    """Return the name under which the paper is saved."""
    return f"{_saved_as(facts)}.pdf"


def credential_name(facts: Facts) -> str:
    """Return the name under which the signed credential is saved."""
    return f"{_saved_as(facts)}.json"


def picture_name(facts: Facts) -> str:
    """Return the name under which the picture is saved."""
    return f"{_saved_as(facts)}.png"


def _saved_as(facts: Facts) -> str:
    return f"{paper(facts).title}-{facts.name}-{facts.number}"
