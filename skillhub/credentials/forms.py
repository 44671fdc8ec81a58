"""What is filled in about certificates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from skillhub.credentials.service.revocation import LONGEST_REASON
from skillhub.credentials.vc.compact import LONGEST
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


class VerifyForm(Form):
    """What is to be checked: a file, or the text of a code."""

    file = FileField(
        _l("证书文件"),
        description=_l("PDF或JSON，不超过1 MB。照片和打印件不行，请扫上面的二维码。"),
        render_kw={"accept": ".pdf,.json,.txt"},
    )
    text = TextAreaField(
        _l("或者填二维码里的文字"),
        description=_l("纸上较大的那个码，以SH1开头。"),
        validators=[Length(max=LONGEST)],
        render_kw={"rows": 3},
    )

    def content(self) -> bytes:
        """Return what was handed in, empty if nothing was."""
        if self.file.data:
            content: bytes = self.file.data.read()
            return content
        return (self.text.data or "").strip().encode()
