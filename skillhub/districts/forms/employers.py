"""Forms about employers: putting one on file, and what was found on a visit."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from skillhub.web.forms import Form, choices

KINDS = (("employer", _l("用人单位、家庭")), ("team", _l("班组")))


class EmployerForm(Form):
    """An employer that is new on file."""

    kind = SelectField(_l("种类"), choices=choices(KINDS))
    name = StringField(_l("名称"), validators=[InputRequired()], description=_l("照执照填写；家庭填户主姓名"))
    uscc = StringField(
        _l("统一社会信用代码（可不填）"),
        validators=[Optional(), Length(max=60)],
        render_kw={"autocomplete": "off", "class": "code"},
        description=_l("18位；家庭和班组没有"),
    )
    contact_name = StringField(_l("联系人（可不填）"), render_kw={"autocomplete": "off"})
    contact_phone = TelField(
        _l("联系电话（可不填）"), validators=[Length(max=40)], render_kw={"autocomplete": "off"}
    )


class VisitForm(Form):
    """What was found at an employer's."""

    on = DateField(_l("哪天去的"), validators=[InputRequired(_l("请填日期，比如2025-11-10。"))])
    by = StringField(_l("谁去的"), validators=[InputRequired()], render_kw={"autocomplete": "off"})
    result = TextAreaField(
        _l("看到什么"),
        validators=[InputRequired(_l("请写明看到的情况，比如：岗位属实，包一顿午饭。"))],
        description=_l("比如：岗位属实，包一顿午饭"),
    )
