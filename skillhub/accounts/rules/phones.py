"""The only place that reads phone numbers: a mobile number signs in, any other is a contact."""

from __future__ import annotations

import re

from skillhub.accounts.rules.text import half_width
from skillhub.accounts.wrong import Wrong

_BETWEEN = re.compile(r"[\s\u2010-\u2015()-]+")
_COUNTRY = re.compile(r"(?:\+|00)?86(?=1[3-9][0-9]{9}$)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{2,3}[0-9]{7,8}(?:(?:转|x|ext\.?)[0-9]{1,6})?", re.IGNORECASE)
_SERVICE = re.compile(r"[48]00[0-9]{7}|1[0-9]{4,5}|9[0-9]{4,7}|[2-8][0-9]{6,7}")


def mobile(text: str) -> str:
    """Return the eleven digits of a mobile number.

    :raises Wrong: says whether it is a landline or no number at all.
    """
    digits = _COUNTRY.sub("", _BETWEEN.sub("", half_width(text)))
    if _MOBILE.fullmatch(digits):
        return digits
    if not digits:
        raise Wrong("phone_missing")
    raise Wrong("phone_landline" if _LANDLINE.fullmatch(digits) else "phone_form")


def contact(text: str) -> str:
    """Return a number under which an office can be reached, mobile or not, as it is dialled.

    :raises Wrong: it is none.
    """
    typed = " ".join(half_width(text).split())
    digits = _COUNTRY.sub("", _BETWEEN.sub("", typed))
    if _MOBILE.fullmatch(digits):
        return digits
    if _LANDLINE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return typed
    raise Wrong("contact_form")
