"""The form that puts a course on file."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from skillhub.courses.rules.levels import LEVELS
from skillhub.web.forms import Form


class CourseForm(Form):
    """A course; occupation, trade and level together are its key in the trade."""

    district = SelectField(_l("区"), validators=[InputRequired()])
    name = StringField(_l("课程名称"), description=_l("比如：整理收纳"), validators=[InputRequired()])
    trade = StringField(_l("工种"), description=_l("比如：家政"), validators=[InputRequired()])
    occupation = StringField(_l("职业编码（可不填）"), description=_l("比如：4-10-01-06"))
    level = SelectField(
        _l("等级"),
        choices=[
            SelectChoice("", _l("不分等级")),
            *(SelectChoice(code, name) for code, name in LEVELS.items()),
        ],
        validators=[Optional()],
    )
    theory_hours = IntegerField(_l("理论课时"), validators=[InputRequired(_l("请填课时数，没有就填0。"))])
    practice_hours = IntegerField(_l("实操课时"), validators=[InputRequired(_l("请填课时数，没有就填0。"))])
