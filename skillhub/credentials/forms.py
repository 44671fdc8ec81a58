"""What is filled in about certificates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from skillhub.credentials.service.revocation import LONGEST_REASON
from skillhub.web.forms import Form


class IssueForm(Form):
    """Issuing for a class asks for nothing but the decision."""


class RevocationForm(Form):
    """Why a certificate is taken back."""

    reason = StringField(
        _l("为什么撤销"),
        description=_l("持证人和核验的人都会看到。只写事由，不写别人的姓名、电话。"),
        validators=[InputRequired(), Length(max=LONGEST_REASON)],
    )
