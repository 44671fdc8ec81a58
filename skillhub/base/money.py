"""Money is an integer number of fen; the one place that rounds and divides it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def fen(yuan: str | Decimal) -> int:
    """Return yuan, written as a decimal number, in fen (half a fen goes up)."""
    return int((Decimal(yuan) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def divided(amount_fen: int, by: int) -> int:
    """Divide fen by a whole number, rounding down, towards the payer, for amounts above zero."""
    return amount_fen // by


def yuan(amount_fen: int) -> str:
    """Return fen as yuan with two digits, grouped in thousands; minus is U+2212."""
    sign = "\u2212" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100:,}.{abs(amount_fen) % 100:02d}"


FULL_GROUP = 1_000  # below, a group of four begins with a zero that is spoken
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capitals(amount_fen: int) -> str:
    """Return an amount in the capitals that a Chinese claim form asks for: 壹仟元整."""
    whole, cents = divmod(abs(amount_fen), 100)
    text = _whole(whole) + "元"
    jiao, last = divmod(cents, 10)
    if not cents:
        text += "整"
    else:
        text += (_DIGITS[jiao] + "角") if jiao else ("零" if whole else "")
        text += (_DIGITS[last] + "分") if last else "整"
    return ("负" if amount_fen < 0 else "") + text


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups: list[int] = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if group < FULL_GROUP and text and not text.endswith(_DIGITS[0]):
            text += _DIGITS[0]
        text += _four(group) + (_GROUPS[index] if group else "")
    return text.rstrip(_DIGITS[0])


def _four(group: int) -> str:
    text = ""
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            text += _DIGITS[digit] + _PLACES[place]
        elif text and not text.endswith(_DIGITS[0]):
            text += _DIGITS[0]
    return text.rstrip(_DIGITS[0])
