"""Forms about training orders: asking for people, the visit, the decision."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from wtforms import DateField, DecimalField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from skillhub.courses.rules.orders import LONGEST_REASON, MOST_WAGE_FEN
from skillhub.courses.service.orders import LONGEST_RESULT
from skillhub.web.forms import Form

_SEPARATORS = re.compile(r"[\r\n、，,;；]+")


class OrderForm(Form):
    """What an employer asks for; lists of choices are filled by the view."""

    employer = SelectField(_l("用人单位"), validators=[InputRequired()])
    course = SelectField(_l("想要的课程"), validators=[Optional()])
    trade = StringField(_l("工种"), description=_l("上面选了课程，这里可以不填"))
    heads = IntegerField(_l("要培训几个人"), validators=[InputRequired(_l("请填人数，比如8。"))])
    promised_jobs = IntegerField(
        _l("承诺录用几个人"),
        description=_l("学完合格以后，您这里有几个岗位"),
        validators=[InputRequired(_l("请填岗位数，不超过培训人数。"))],
    )
    skills = TextAreaField(
        _l("要会做什么（可不填）"),
        description=_l("用顿号或换行分开，比如：家务服务、客户沟通"),
        render_kw={"rows": 2},
    )
    wage_yuan = DecimalField(
        _l("报酬（元）"),
        places=2,
        validators=[
            InputRequired(_l("请填具体数目，比如180，不能面议。")),
            NumberRange(
                min=0.01, max=MOST_WAGE_FEN / 100, message=_l("请填大于0、不超过100,000的数目，比如180。")
            ),
        ],
    )
    wage_unit = RadioField(
        _l("怎么算"),
        choices=[
            SelectChoice("day", _l("每天")),
            SelectChoice("month", _l("每月")),
            SelectChoice("piece", _l("每件")),
        ],
        default="day",
        validators=[InputRequired()],
    )
    starts_on = DateField(
        _l("希望哪天到岗"), validators=[InputRequired(_l("请填到岗的日期，比如2025-12-15。"))]
    )

    def skill_list(self) -> list[str]:
        """Return the skills, one each."""
        return [each.strip() for each in _SEPARATORS.split(self.skills.data or "") if each.strip()]


class VisitForm(Form):
    """When somebody looked at the job, and what was found."""

    on = DateField(_l("哪天去看的"), validators=[InputRequired(_l("请填实际去看的日期。"))])
    result = TextAreaField(
        _l("看到的情况"),
        description=_l("岗位是不是真的、报酬和条件对不对，%(most)s个字以内", most=LONGEST_RESULT),
        validators=[InputRequired(_l("请写看到的情况，比如：属实。"))],
        render_kw={"rows": 3},
    )


class OrderDecisionForm(Form):
    """What an officer decides on an order."""

    decision = RadioField(
        _l("结论"),
        choices=[SelectChoice("approved", _l("核准")), SelectChoice("refused", _l("不予核准"))],
        validators=[InputRequired(_l("请选一项。"))],
    )
    reason = TextAreaField(
        _l("给用人单位看的原因"),
        description=_l(
            "核准可不写；不予核准要写清哪里不行、怎样可以再来，%(most)s个字以内", most=LONGEST_REASON
        ),
    )


class OneTap(Form):
    """A step that needs no more than a tap."""
