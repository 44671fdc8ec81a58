"""Forms about events: announcing one, the door, the digits in the hall."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from skillhub.activities.rules import doors, plans
from skillhub.activities.rules.plans import Plan
from skillhub.web.forms import Form, choices

_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]


class ActivityForm(Form):
    """An event to be announced, or changed; lists of choices are filled by the view."""

    title = StringField(_l("名称"), validators=[InputRequired()], description=_l("比如：秋季创业训练营"))
    kind = SelectField(_l("种类"), choices=choices(plans.KINDS.items()))
    starts_at = DateTimeLocalField(
        _l("开始"),
        format=_FORMATS,
        validators=[InputRequired(_l("请填日期和时间，比如2025-11-12 09:00。"))],
    )
    ends_at = DateTimeLocalField(
        _l("结束"),
        format=_FORMATS,
        validators=[InputRequired(_l("请填日期和时间，比如2025-11-12 11:30。"))],
    )
    site = SelectField(_l("在哪个站点"), validators=[Optional()])
    place = StringField(
        _l("地点"), validators=[InputRequired()], description=_l("写到能找着，比如：友谊街道1号二楼大厅")
    )
    organiser = SelectField(_l("由谁来讲"), validators=[Optional()])
    capacity = IntegerField(
        _l("能坐多少人（可不填）"), validators=[Optional()], description=_l("只是告诉大家；来的人都可以签到")
    )
    about = TextAreaField(_l("内容（可不填）"), description=_l("讲什么，带什么来"))
    version = HiddenField()

    def plan(self, zone: str) -> Plan:
        """Return what was filled in, its times in the district's zone."""
        return Plan(
            title=self.title.data or "",
            kind=self.kind.data,
            place=self.place.data or "",
            starts_at=_aware(self.starts_at.data, zone),
            ends_at=_aware(self.ends_at.data, zone),
            capacity=self.capacity.data,
            about=self.about.data or None,
        )


class CancelForm(Form):
    """Why an event does not take place."""

    reason = TextAreaField(
        _l("原因"),
        description=_l("大家会看到，%(most)s个字以内", most=plans.LONGEST_REASON),
        validators=[InputRequired(_l("请写明原因，大家会看到。"))],
    )


class CodeForm(Form):
    """The digits on the screen of the hall."""

    code = StringField(
        _l("屏幕上的6位数字"),
        validators=[InputRequired(_l("请输入屏幕上的6位数字。")), Length(max=40)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short n"},
    )


class FindForm(Form):
    """Whom the clerk has before them: a whole number, or the name with the end of the phone."""

    who = StringField(
        _l("手机号、身份证号或人员编号"),
        validators=[Optional(), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )
    name = StringField(
        _l("或者姓名"), validators=[Optional(), Length(max=60)], render_kw={"autocomplete": "off"}
    )
    phone_tail = StringField(
        _l("和手机号后四位"),
        validators=[Optional(), Length(max=10)],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "class": "short n"},
    )


class SignInForm(Form):
    """One person, chosen from those found, and how it is known that it is this one."""

    person = HiddenField(validators=[InputRequired(_l("没有选好人。请重新找一次，再选。"))])
    method = RadioField(
        _l("怎么核对的"),
        choices=choices((each, doors.METHODS[each]) for each in doors.AT_THE_DOOR),
        default=doors.Method.DOCUMENT.value,
        validators=[InputRequired()],
    )


class RemovalForm(Form):
    """Who was put on the list by mistake, and why."""

    person = HiddenField(validators=[InputRequired()])
    reason = StringField(
        _l("为什么划去"), validators=[InputRequired(_l("请写明原因，比如：同名，点错了人。"))]
    )


class WalkInsForm(Form):
    """How many came who could not be named."""

    walk_ins = IntegerField(_l("没有留下姓名的人"), validators=[InputRequired(_l("请填人数，没有就填0。"))])
    version = HiddenField()


class PeriodForm(Form):
    """From when to when figures are counted."""

    class Meta(Form.Meta):
        """A form that only reads needs no token."""

        csrf = False

    since = DateField(_l("从"), validators=[Optional()])
    until = DateField(_l("到"), validators=[Optional()])


def local(at: datetime, zone: str) -> datetime:
    """Return an instant as it is typed: local time."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _aware(typed: datetime, zone: str) -> datetime:
    return typed.replace(tzinfo=ZoneInfo(zone))
