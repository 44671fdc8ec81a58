"""What a program is told about a member that cannot be right: a stable code and what to send instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.base.errors import FieldError

WHOLE_BODY = "body"

# Kinds that mean that the body cannot be read as this shape at all: 400. All others are 422.
_WRONG_TYPE: dict[str, tuple[str, LazyString]] = {
    "extra_forbidden": ("unknown_member", _l("没有这一项，请去掉。")),
    "int_type": ("wrong_type", _l("请写JSON整数，不加引号，比如3。")),
    "int_from_float": ("wrong_type", _l("请写JSON整数，不带小数，比如3。")),
    "float_type": ("wrong_type", _l("请写JSON数字，不加引号，比如12.5。")),
    "string_type": ("wrong_type", _l("请写JSON字符串，加双引号。")),
    "bool_type": ("wrong_type", _l("请写true或false，不加引号。")),
    "list_type": ("wrong_type", _l("请写JSON数组，用[ ]括起来。")),
    "tuple_type": ("wrong_type", _l("请写JSON数组，用[ ]括起来。")),
    "set_type": ("wrong_type", _l("请写JSON数组，用[ ]括起来。")),
    "frozen_set_type": ("wrong_type", _l("请写JSON数组，用[ ]括起来。")),
    "dict_type": ("wrong_type", _l("请写JSON对象，用{ }括起来。")),
    "model_type": ("wrong_type", _l("请写JSON对象，用{ }括起来。")),
    "model_attributes_type": ("wrong_type", _l("请写JSON对象，用{ }括起来。")),
    "date_type": ("wrong_type", _l('请写日期字符串，比如"2025-11-10"。')),
    "datetime_type": ("wrong_type", _l('请写带时区的时刻字符串，比如"2025-11-10T09:00:00+08:00"。')),
    "json_invalid": ("broken_json", _l("不是可以读的JSON：层次太深，或数字太长。")),
    "none_required": ("wrong_type", _l("这里只能是null。")),
}
_WRONG_VALUE: dict[str, tuple[str, LazyString]] = {
    "missing": ("missing", _l("缺少这一项，请补上。")),
    "string_too_short": ("too_short", _l("太短了，至少%(min_length)s个字。")),
    "string_too_long": ("too_long", _l("太长了，最多%(max_length)s个字。")),
    "too_short": ("too_few", _l("太少了，至少%(min_length)s项。")),
    "too_long": ("too_many", _l("太多了，最多%(max_length)s项。")),
    "greater_than": ("too_small", _l("太小了，要大于%(gt)s。")),
    "greater_than_equal": ("too_small", _l("太小了，最小是%(ge)s。")),
    "less_than": ("too_large", _l("太大了，要小于%(lt)s。")),
    "less_than_equal": ("too_large", _l("太大了，最大是%(le)s。")),
    "literal_error": ("not_listed", _l("请从这几个里选：%(expected)s。")),
    "enum": ("not_listed", _l("请从这几个里选：%(expected)s。")),
    "string_pattern_mismatch": ("wrong_form", _l("写法不对，请对照接口说明里的格式。")),
    "date_parsing": ("wrong_form", _l("请写日期，比如2025-11-10。")),
    "date_from_datetime_parsing": ("wrong_form", _l("请写日期，比如2025-11-10。")),
    "date_from_datetime_inexact": ("wrong_form", _l("请写日期，比如2025-11-10。")),
    "datetime_parsing": ("wrong_form", _l("请写带时区的时刻，比如2025-11-10T09:00:00+08:00。")),
    "datetime_from_date_parsing": ("wrong_form", _l("请写带时区的时刻，比如2025-11-10T09:00:00+08:00。")),
    "datetime_object_invalid": ("wrong_form", _l("请写带时区的时刻，比如2025-11-10T09:00:00+08:00。")),
    "timezone_aware": ("no_zone", _l("时刻要带时区，比如2025-11-10T09:00:00+08:00。")),
    "finite_number": ("wrong_form", _l("请写普通数字，比如12.5。")),
    "int_parsing": ("wrong_form", _l("请写整数，比如3。")),
    "int_parsing_size": ("too_large", _l("太大了，请写小一些的数。")),
    "float_parsing": ("wrong_form", _l("请写数字，比如12.5。")),
    "bool_parsing": ("wrong_form", _l("请写true或false。")),
}
INSTANT = ("wrong_form", _l("请写带时区的时刻，比如2025-11-10T09:00:00+08:00。"))
DAY = ("wrong_form", _l("请写日期，比如2025-11-10。"))
_OTHER = _l("这一项的值不对，请对照接口说明。")
UNSTORABLE = ("wrong_form", _l("含有不能保存的字符，请删去后重新输入。"))
TOO_LARGE = ("too_large", _l("太大了，请写小一些的数。"))


def sorted_out(errors: Sequence[Mapping[str, Any]]) -> tuple[tuple[FieldError, ...], tuple[FieldError, ...]]:
    """Divide pydantic's errors into those of the format (400) and those of the values (422)."""
    formats: list[FieldError] = []
    values: list[FieldError] = []
    for error in errors:
        kind = _kind(error)
        target = formats if kind in _WRONG_TYPE else values
        target.append(FieldError(path(error["loc"]), *_said(kind, error)))
    return tuple(formats), tuple(values)


def _kind(error: Mapping[str, Any]) -> str:
    """Return pydantic's kind; a number where one of some texts is wanted is of the wrong type."""
    kind = str(error["type"])
    is_text_wanted = str((error.get("ctx") or {}).get("expected", "")).startswith("'")
    if kind in ("enum", "literal_error") and is_text_wanted and not isinstance(error["input"], str):
        return "string_type"
    return kind


def path(parts: Sequence[object]) -> str:
    """Return where a member stands, as ``sessions.0.starts_at``."""
    return ".".join(str(part) for part in parts) or WHOLE_BODY


def _said(kind: str, error: Mapping[str, Any]) -> tuple[str, str]:
    facts: dict[str, Any] = dict(error.get("ctx") or {})
    known = _WRONG_TYPE.get(kind) or _WRONG_VALUE.get(kind)
    if known is not None:
        code, message = known
        if "expected" in facts:
            listed = str(facts["expected"]).replace("'", "").replace(" or ", ", ")
            facts["expected"] = listed.replace(", ", _("、"))
        text = str(message)
        return code, text % facts if "%(" in text else text
    if kind == "value_error" and "error" in facts:  # a validator of ours has said it in its own words
        return "wrong_form", str(facts["error"])
    return "wrong_form", str(_OTHER)
