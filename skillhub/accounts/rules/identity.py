"""The only place that reads identity documents: what is typed becomes a document, or a reason why not.

A number is checked by its check character (ISO 7064 MOD 11-2), its date and the
province it begins with. Whether a county code existed in the birth year is not
asked: withdrawn codes stay in people's cards for life. A prefix is no residence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from skillhub.accounts.rules.text import half_width
from skillhub.accounts.wrong import Wrong

EARLIEST_YEAR = 1890
OLD_LENGTH, LENGTH = 15, 18
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_FOREIGNERS = "9"
_SPACES = re.compile(r"[\s-]+")


class IdType(StrEnum):
    """The documents by which a person may be known."""

    RESIDENT_ID = "resident_id"
    RESIDENCE_PERMIT = "residence_permit"
    TRAVEL_PERMIT = "travel_permit"
    PASSPORT = "passport"
    MILITARY_ID = "military_id"
    FOREIGNER_ID = "foreigner_id"


NAMES = {
    IdType.RESIDENT_ID: "居民身份证",
    IdType.RESIDENCE_PERMIT: "港澳台居民居住证",
    IdType.TRAVEL_PERMIT: "台胞证",
    IdType.PASSPORT: "护照",
    IdType.MILITARY_ID: "军官证",
    IdType.FOREIGNER_ID: "外国人永久居留身份证",
}
_BY_NAME = {name: kind for kind, name in NAMES.items()} | {
    "身份证": IdType.RESIDENT_ID,
    "台湾居民来往大陆通行证": IdType.TRAVEL_PERMIT,
    "港澳居民来往内地通行证": IdType.TRAVEL_PERMIT,
    "回乡证": IdType.TRAVEL_PERMIT,
    "中国护照": IdType.PASSPORT,
}
_FORMS = {
    IdType.TRAVEL_PERMIT: re.compile(r"[HM]?[0-9]{8}(?:[0-9]{2})?"),
    IdType.PASSPORT: re.compile(r"[A-Z0-9]{5,20}"),
    IdType.MILITARY_ID: re.compile(r"\w{0,4}字?第?[0-9]{6,8}号?"),
    IdType.FOREIGNER_ID: re.compile(r"[A-Z]{3}[0-9]{12}"),
}


@dataclass(frozen=True)
class Identity:
    """A document that can be right; date and sex are known where the number says them."""

    id_type: IdType
    number: str
    birth_on: date | None = None
    sex: str | None = None

    @property
    def last4(self) -> str:
        """The four characters that may be shown."""
        return self.number[-4:]


def id_type(text: str) -> IdType:
    """Return the kind of document from its code or its Chinese name.

    :raises Wrong: there is no such kind.
    """
    typed = half_width(text).strip()
    try:
        return _BY_NAME.get(typed) or IdType(typed)
    except ValueError:
        raise Wrong("id_type_unknown") from None


def identity(kind: str, number: str, *, today: date) -> Identity:
    """Read a document as people type it.

    :raises Wrong: says what cannot be right.
    """
    document = id_type(kind)
    typed = _SPACES.sub("", half_width(number)).upper()
    if not typed:
        raise Wrong("id_number_missing")
    if document in (IdType.RESIDENT_ID, IdType.RESIDENCE_PERMIT) or _is_new_foreigner(document, typed):
        return _eighteen(document, typed, today)
    if not _FORMS[document].fullmatch(typed):
        raise Wrong("id_number_form")
    return Identity(document, typed)


def check_character(first17: str) -> str:
    """Return the last character that belongs to the first seventeen digits."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


def _is_new_foreigner(document: IdType, typed: str) -> bool:
    return document is IdType.FOREIGNER_ID and typed.startswith(_FOREIGNERS)


def _eighteen(document: IdType, typed: str, today: date) -> Identity:
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", typed):
        raise Wrong("id_number_lost")
    if len(typed) == OLD_LENGTH and typed.isascii() and typed.isdigit():
        raise Wrong("id_number_old")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", typed):
        raise Wrong("id_number_length")
    _check_prefix(document, typed)
    birth_on = _birth(typed[6:14], today)
    if check_character(typed[:17]) != typed[17]:
        raise Wrong("id_number_check")
    return Identity(document, typed, birth_on, "男" if int(typed[16]) % 2 else "女")


def _check_prefix(document: IdType, typed: str) -> None:
    if document is IdType.RESIDENCE_PERMIT and typed[:2] not in ("81", "82", "83"):
        raise Wrong("id_number_permit")
    if typed[:2] not in _PROVINCES and not typed.startswith(_FOREIGNERS):
        raise Wrong("id_number_prefix")


def _birth(digits: str, today: date) -> date:
    try:
        birth_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise Wrong("id_number_birth") from None
    if not birth_on.year >= EARLIEST_YEAR or birth_on > today:
        raise Wrong("id_number_birth")
    return birth_on
