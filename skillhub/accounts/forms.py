"""Forms of signing in, registering people and giving roles: shapes only, the services check the facts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TelField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from skillhub.accounts.rules.identity import IdType
from skillhub.web.forms import Form

ID_TYPES = [
    SelectChoice(IdType.RESIDENT_ID.value, _l("居民身份证")),
    SelectChoice(IdType.RESIDENCE_PERMIT.value, _l("港澳台居民居住证")),
    SelectChoice(IdType.TRAVEL_PERMIT.value, _l("台胞证、回乡证")),
    SelectChoice(IdType.PASSPORT.value, _l("护照")),
    SelectChoice(IdType.MILITARY_ID.value, _l("军官证")),
    SelectChoice(IdType.FOREIGNER_ID.value, _l("外国人永久居留身份证")),
]
WISHES = [
    SelectChoice("course", _l("学技能")),
    SelectChoice("job", _l("找工作")),
    SelectChoice("both", _l("都要")),
]
ROLES = [
    SelectChoice("desk", _l("站点工作人员")),
    SelectChoice("trainer", _l("教师")),
    SelectChoice("school", _l("培训机构")),
    SelectChoice("employer", _l("用人单位")),
    SelectChoice("officer", _l("区工作人员（要两人办理）")),
    SelectChoice("auditor", _l("审计人员（要两人办理）")),
]
CHANNELS = [
    SelectChoice("sms", _l("发短信")),
    SelectChoice("mail", _l("发邮件")),
    SelectChoice("page", _l("不发，我自己到“我的消息”里看")),
]
PHONE = {"inputmode": "tel", "autocomplete": "tel"}
NUMBER = {"autocomplete": "off", "class": "code"}


class SignInForm(Form):
    """Phone, then a code or a password."""

    phone = TelField(_l("手机号"), validators=[InputRequired(), Length(max=40)], render_kw=PHONE)
    code = StringField(
        _l("短信验证码"),
        validators=[Optional(), Length(max=40)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short n"},
    )
    password = PasswordField(
        _l("密码"), validators=[Optional()], render_kw={"autocomplete": "current-password"}
    )
    person = StringField(_l("您是哪一位"), validators=[Optional(), Length(max=40)])
    next = HiddenField()


class _DocumentForm(Form):
    """Name and document, as on the card; the service says of every field at once what is missing."""

    name = StringField(
        _l("姓名"),
        validators=[Length(max=200)],
        render_kw={"autocomplete": "off"},
        description=_l("照证件填写"),
    )
    id_type = SelectField(_l("证件"), choices=ID_TYPES)
    id_number = StringField(_l("证件号码"), validators=[Length(max=60)], render_kw=NUMBER)


class RegisterForm(_DocumentForm):
    """Somebody registers alone; the phone has been confirmed by a code."""

    district = SelectField(_l("所在的区"), validate_choice=False)
    trade = StringField(
        _l("想学什么"), validators=[Optional(), Length(max=40)], description=_l("可以不填，比如：家务服务")
    )
    consents = BooleanField(_l("我看过上面的说明，同意"))
    next = HiddenField()


class PersonForm(_DocumentForm):
    """A clerk registers somebody who stands at the desk."""

    phone = TelField(
        _l("本人手机号"),
        validators=[Length(max=40)],
        render_kw=PHONE | {"autocomplete": "off"},
    )
    district = SelectField(_l("区"), validate_choice=False, validators=[Optional()])
    groups = StringField(
        _l("人群标签"),
        validators=[Optional(), Length(max=200)],
        description=_l("可以不填，几个之间用顿号，比如：登记失业、大龄求职者"),
    )
    wish = SelectField(_l("意愿"), choices=WISHES)
    trade = StringField(
        _l("工种"), validators=[Optional(), Length(max=40)], description=_l("可以不填，比如：家务服务")
    )
    consents = BooleanField(_l("说明已念给本人听，本人同意"))


class ClueForm(Form):
    """What is known of somebody whose file is looked for: one whole number, or two things together."""

    who = StringField(
        _l("手机号、身份证号或人员编号"), validators=[Optional(), Length(max=60)], render_kw=NUMBER
    )
    name = StringField(
        _l("姓名"), validators=[Optional(), Length(max=200)], render_kw={"autocomplete": "off"}
    )
    phone_tail = StringField(
        _l("手机号后四位"),
        validators=[Optional(), Length(max=10)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short n"},
    )
    id_last4 = StringField(
        _l("证件后四位"),
        validators=[Optional(), Length(max=10)],
        render_kw={"autocomplete": "off", "class": "short n"},
    )
    born_on = DateField(_l("出生日期"), validators=[Optional()])


class GrantForm(Form):
    """An officer gives somebody a role in the district."""

    person = StringField(
        _l("人员编号"), validators=[InputRequired(), Length(max=40)], description=_l("登记后显示，以 p- 开头")
    )
    role = SelectField(_l("身份"), choices=ROLES)
    organisation = StringField(
        _l("单位编号"),
        validators=[Optional(), Length(max=60)],
        description=_l("教师、培训机构、用人单位要填"),
    )


class MessageChoiceForm(Form):
    """How a person wants to be told."""

    decisions = RadioField(_l("报名、证书这些事的结果"), choices=list(CHANNELS))
    news = RadioField(_l("新班、提醒这些消息"), choices=list(CHANNELS))


class MailAddressForm(Form):
    """A mail address that is not confirmed yet."""

    mail = StringField(
        _l("邮箱"),
        validators=[Length(max=200)],
        render_kw={"inputmode": "email", "autocomplete": "email"},
    )


class MailCodeForm(Form):
    """The code that was sent to a mail address."""

    code = StringField(
        _l("邮件里的确认码"),
        validators=[Length(max=40)],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short n"},
        description=_l("6位数字"),
    )


class WithdrawMailForm(Form):
    """Nothing to fill in: the address is not to be used any more."""


INVITED = [choice for choice in ROLES if choice.value in ("desk", "trainer", "school", "employer")]
WAYS = [
    SelectChoice("print", _l("在下一页显示，打印或当面给他")),
    SelectChoice("sms", _l("发短信给他")),
]
ORGANISATION_KINDS = [
    SelectChoice("training_body", _l("培训机构")),
    SelectChoice("employer", _l("用人单位")),
    SelectChoice("team", _l("班组或家庭")),
]


class InvitationForm(Form):
    """An officer asks somebody to work with the system."""

    name = StringField(_l("姓名"), validators=[Length(max=200)], render_kw={"autocomplete": "off"})
    phone = TelField(_l("手机号"), validators=[Length(max=40)], render_kw=PHONE | {"autocomplete": "off"})
    role = SelectField(_l("请他做什么"), choices=INVITED)
    organisation = SelectField(
        _l("单位"), validate_choice=False, description=_l("教师、培训机构、用人单位的人要选")
    )
    way = RadioField(_l("链接怎么给"), choices=WAYS, default="print")


class AcceptForm(Form):
    """Who holds an invitation says the registered phone, and sets a password."""

    phone = TelField(
        _l("您的手机号"),
        validators=[Length(max=40)],
        render_kw=PHONE,
        description=_l("邀请您的人登记的那个号码"),
    )
    password = PasswordField(
        _l("设一个密码"),
        validators=[InputRequired()],
        render_kw={"autocomplete": "new-password"},
        description=_l("至少8位，可以用汉字和空格"),
    )


class OrganisationForm(Form):
    """An employer, a team or a training body of the district."""

    kind = RadioField(_l("种类"), choices=ORGANISATION_KINDS, default="training_body")
    name = StringField(_l("名称"), validators=[Length(max=200)], description=_l("照执照填写"))
    uscc = StringField(
        _l("统一社会信用代码"), validators=[Length(max=40)], description=_l("没有可以不填"), render_kw=NUMBER
    )
    contact_name = StringField(_l("联系人"), validators=[Length(max=50)])
    contact_phone = TelField(_l("联系电话"), validators=[Length(max=40)], render_kw={"inputmode": "tel"})


class PasswordForm(Form):
    """A person sets or changes the own password."""

    current = PasswordField(
        _l("现在的密码"), validators=[Optional()], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        _l("新密码"),
        validators=[InputRequired()],
        render_kw={"autocomplete": "new-password"},
        description=_l("至少8位，可以用汉字和空格"),
    )
