"""The conditions of applying as people read them: what it asks, how it turns out, by which paragraph."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _

from skillhub.courses.rules.admission import TEXTS, Condition, Weight
from skillhub.web import words


@dataclass(frozen=True)
class ConditionView:
    """One line of the table on a batch's page."""

    text: str
    clause: str | None
    met: bool
    word: str
    kind: str


def shown(found: Iterable[Condition]) -> tuple[ConditionView, ...]:
    """Return the conditions in the reader's language."""
    return tuple(_view(each) for each in found)


def _view(condition: Condition) -> ConditionView:
    word, kind = _outcome(condition)
    return ConditionView(_text(condition), condition.clause, condition.met, word, kind)


def _outcome(condition: Condition) -> tuple[str, str]:
    if condition.met:
        return _("符合"), "ok"
    if condition.weight is Weight.HOLDS:
        return _("待审核"), "wait"
    if condition.weight is Weight.TAKES_SUBSIDY:
        return _("不能享受补贴"), "wait"
    return _("不符合"), "bad"


def _text(condition: Condition) -> str:
    if condition.code in TEXTS:
        return str(TEXTS[condition.code])
    if words.is_english() and condition.text_en:
        return condition.text_en
    return condition.text or condition.code
