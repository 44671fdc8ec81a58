"""Finding a person at a desk: by the whole phone or document number, never by a part or a name."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.accounts.queries import people
from skillhub.accounts.queries.people import PersonView
from skillhub.accounts.rules import identity, phones
from skillhub.accounts.rules.identity import IdType
from skillhub.accounts.wrong import Wrong
from skillhub.base import clock
from skillhub.base.errors import FieldError, Invalid
from skillhub.districts import queries as districts


def exactly(text: str, *, district: str) -> tuple[PersonView, ...]:
    """Return the people of a district with this phone or this resident's number.

    :raises Invalid: it is neither.
    """
    today = clock.today(districts.district(district).zone)
    try:
        found = people.with_phone(phones.mobile(text))
    except Wrong:
        try:
            document = identity.identity(IdType.RESIDENT_ID, text, today=today)
        except Wrong as error:
            message = _l("请输入完整的11位手机号，或18位身份证号。")
            raise Invalid(FieldError("who", "wrong_form", message)) from error
        one = people.with_identity(document.id_type, document.number)
        found = () if one is None else (one,)
    return tuple(each for each in found if each.district == district)
