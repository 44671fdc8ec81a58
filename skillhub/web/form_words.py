"""What WTForms says when a field cannot be right, in our words: what to type instead."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# The placeholders are filled in by WTForms itself, so the catalogues keep them as they are.
_WORDS: dict[str, LazyString] = {
    "This field is required.": _l("请填写这一项。"),
    "Not a valid integer value.": _l("请填整数，比如3。"),
    "Not a valid decimal value.": _l("请填数字，比如12.5。"),
    "Not a valid float value.": _l("请填数字，比如12.5。"),
    "Not a valid date value.": _l("请填日期，比如2025-11-10。"),
    "Not a valid time value.": _l("请填时间，比如09:00。"),
    "Not a valid datetime value.": _l("请填日期和时间，比如2025-11-10 09:00。"),
    "Not a valid choice.": _l("请从列出的几项里选一项。"),
    "Invalid Choice: could not coerce.": _l("请从列出的几项里选一项。"),
    "Invalid choice(s): one or more data inputs could not be coerced.": _l("请从列出的几项里选。"),
    "Invalid input.": _l("这里填的内容不对，请对照说明改一下。"),
    "Invalid value, must be one of: %(values)s.": _l("请从这几项里选一项：%(values)s。"),
    "Field must be equal to %(other_name)s.": _l("两次填的不一样，请重新填写。"),
    "Field must be between %(min)d and %(max)d characters long.": _l("请填%(min)d到%(max)d个字。"),
    "Number must be at least %(min)s.": _l("太小了，最小是%(min)s。"),
    "Number must be at most %(max)s.": _l("太大了，最大是%(max)s。"),
    "Number must be between %(min)s and %(max)s.": _l("请填%(min)s到%(max)s之间的数。"),
    "Date must be at least %(min)s.": _l("太早了，最早是%(min)s。"),
    "Date must be at most %(max)s.": _l("太晚了，最晚是%(max)s。"),
    "Date must be between %(min)s and %(max)s.": _l("请填%(min)s到%(max)s之间的日期。"),
    "File does not have an approved extension: {extensions}": _l("请选这几种文件：{extensions}。"),
}
_COUNTED: dict[str, LazyString] = {
    "Field must be at least %(min)d character long.": _l("太短了，至少填%(min)d个字。"),
    "Field cannot be longer than %(max)d character.": _l("太长了，最多填%(max)d个字。"),
    "Field must be exactly %(max)d character long.": _l("请填%(max)d个字。"),
    "'%(value)s' is not a valid choice for this field.": _l("请从列出的几项里选。"),
}


class OurWords:
    """Stands in for WTForms' own catalogues; what is not listed stays as it is."""

    def gettext(self, text: str) -> str:
        """Return our words for a standard message."""
        return str(_WORDS.get(text, text))

    def ngettext(self, singular: str, _plural: str, _number: int) -> str:
        """Return our words for a standard message that counts."""
        return str(_COUNTED.get(singular, singular))
