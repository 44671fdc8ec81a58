"""Forms for work done and its stars; they check shape, the services check facts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from skillhub.web.forms import Form, choices


class EngagementForm(Form):
    """Who worked, from when to when, for how much."""

    worker = SelectField(_l("谁来上岗"), validators=[InputRequired(_l("请选一个人。"))])
    started_on = DateField(_l("第一天"), validators=[InputRequired(_l("请填上岗的第一天，比如2025-11-12。"))])
    ended_on = DateField(
        _l("最后一天"), validators=[InputRequired(_l("请填最后一天；还在干的，填约定的最后一天。"))]
    )
    pay_yuan = DecimalField(
        _l("报酬合计（元）"),
        places=2,
        validators=[
            InputRequired(_l("请填这段时间的报酬合计，比如3600。")),
            NumberRange(min=0.01, max=10_000_000, message=_l("请填大于0的金额，比如3600。")),
        ],
    )
    evidence = StringField(_l("凭证"), validators=[Optional(), Length(max=100, message=_l("最多100个字。"))])


class RatingForm(Form):
    """One to five stars, and a few words."""

    stars = RadioField(
        _l("干得怎么样"),
        coerce=int,
        choices=choices(
            [
                ("5", _l("5星　很好")),
                ("4", _l("4星　好")),
                ("3", _l("3星　一般")),
                ("2", _l("2星　差")),
                ("1", _l("1星　很差")),
            ]
        ),
        validators=[InputRequired(_l("请选1到5颗星。"))],
    )
    comment = TextAreaField(
        _l("想说的话（可不填）"), validators=[Optional(), Length(max=500, message=_l("最多500个字。"))]
    )
