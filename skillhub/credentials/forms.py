"""What is filled in about certificates."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from skillhub.credentials.rules.external import State
from skillhub.credentials.rules.recalls import Decision, Kind
from skillhub.credentials.service.correction import LONGEST_COURSE, LONGEST_NAME
from skillhub.credentials.service.external import LONGEST_ISSUER, LONGEST_LOOK_UP, LONGEST_TRADE
from skillhub.credentials.service.revocation import LONGEST_REASON
from skillhub.credentials.vc.compact import LONGEST
from skillhub.web.forms import Form, choices


class IssueForm(Form):
    """For whom of a class certificates are issued; who is meanwhile no candidate is left out."""

    receipts = SelectMultipleField(
        _l("给谁发"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(_l("一个人也没勾。请至少勾一个要发证的人。"))],
    )


class CorrectionForm(Form):
    """What is wrong on a certificate, put right, and why it was wrong."""

    name = StringField(_l("姓名"), validators=[InputRequired(), Length(max=LONGEST_NAME)])
    course = StringField(_l("培训项目名称"), validators=[InputRequired(), Length(max=LONGEST_COURSE)])
    reason = StringField(
        _l("为什么更正"),
        description=_l("持证人和核验的人都会看到。只写事由，不写别人的姓名、电话。"),
        validators=[InputRequired(), Length(max=LONGEST_REASON)],
    )


class ErasureForm(Form):
    """When the holder asked for it, and that somebody has looked who it was."""

    asked_on = DateField(_l("持证人书面申请的日期"), validators=[InputRequired()])
    is_holder = BooleanField(_l("我核对过，是持证人本人申请的"), validators=[InputRequired()])


class RevocationForm(Form):
    """Why a certificate is taken back."""

    reason = StringField(
        _l("为什么撤销"),
        description=_l("持证人和核验的人都会看到。只写事由，不写别人的姓名、电话。"),
        validators=[InputRequired(), Length(max=LONGEST_REASON)],
    )


KINDS: dict[Kind, LazyString] = {
    Kind.BATCH: _l("同一个班"),
    Kind.COURSE: _l("同一门课程"),
    Kind.NUMBERS: _l("一段证书序列号"),
    Kind.KEY: _l("同一把签发密钥"),
}
LONGEST_WHAT = 60


class RecallForm(Form):
    """Which certificates are to be taken back together, and why."""

    kind = SelectField(
        _l("按什么撤销"),
        choices=choices([(kind.value, label) for kind, label in KINDS.items()]),
        validators=[InputRequired()],
    )
    what = StringField(
        _l("是哪一个"),
        description=_l("班次编号、课程编号、第一个证书序列号，或者密钥编号。"),
        validators=[InputRequired(), Length(max=LONGEST_WHAT)],
    )
    border = StringField(
        _l("到哪里为止"),
        description=_l("序列号填最后一个。密钥填最后一张还可信的证书，从它之后签的都撤销；不填就全部撤销。"),
        validators=[Length(max=LONGEST_WHAT)],
    )
    reason = StringField(
        _l("为什么撤销"),
        description=_l("持证人和核验的人都会看到。只写事由，不写别人的姓名、电话。"),
        validators=[InputRequired(), Length(max=LONGEST_REASON)],
    )


class RecallDecisionForm(Form):
    """What a second person says to it."""

    decision = RadioField(
        _l("怎么处理"),
        choices=choices(
            [
                (Decision.CONFIRMED.value, _l("确认，全部撤销")),
                (Decision.WITHDRAWN.value, _l("不撤销，收回这次提出")),
            ]
        ),
        validators=[InputRequired()],
    )


class ExternalForm(Form):
    """A skill-level certificate that others issued, as its paper says."""

    number = StringField(
        _l("证书编号"),
        description=_l("照原件填。职业技能等级证书是1个字母加21位数字。"),
        validators=[InputRequired(), Length(max=40)],
    )
    issuer = StringField(_l("发证机构"), validators=[InputRequired(), Length(max=LONGEST_ISSUER)])
    trade = StringField(
        _l("职业（工种）"),
        description=_l("比如：家政服务员"),
        validators=[InputRequired(), Length(max=LONGEST_TRADE)],
    )
    issued_on = DateField(_l("发证日期"), validators=[InputRequired()])


class LookUpForm(Form):
    """What staff have found out about it, and where."""

    decision = RadioField(
        _l("核对结果"),
        choices=choices(
            [
                (State.CONFIRMED.value, _l("查到了，和登记的一致")),
                (State.REFUTED.value, _l("没有查到，或者不一致")),
            ]
        ),
        validators=[InputRequired()],
    )
    looked_up = StringField(
        _l("在哪里查的"),
        description=_l("比如：技能人才评价证书全国联网查询网站"),
        validators=[InputRequired(), Length(max=LONGEST_LOOK_UP)],
    )


class FontForm(Form):
    """A font with characters that ours lacks."""

    file = FileField(
        _l("字体文件"),
        description=_l("TrueType字体（.ttf），最大12 MB，授权要允许嵌入文件。"),
        render_kw={"accept": ".ttf"},
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
