"""Forms about applications: the one tap, leaving, a clerk's decision, and finding somebody at a desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from skillhub.courses.rules import consents
from skillhub.courses.service.changes import LONGEST_REASON
from skillhub.web.forms import Form, choices

LONGEST_INVITE = 60


class ApplyForm(Form):
    """The one tap: nothing to fill in. Without the subsidy is another button of the same form."""

    invite = HiddenField(validators=[Length(max=LONGEST_INVITE)])
    unsubsidised = HiddenField(validators=[Length(max=1)])


class AnswerForm(Form):
    """Taking an offered seat, or letting it go: nothing to fill in."""


class NoShowForm(Form):
    """Somebody did not come: nothing to fill in."""


class SubscriptionForm(Form):
    """Being told about the next batch, or no more: nothing to fill in."""


class WithdrawForm(Form):
    """Leaving a class or its waiting list: nothing to fill in."""


class DecisionForm(Form):
    """What a clerk decides on an application under review."""

    decision = RadioField(
        _l("结论"),
        choices=[
            SelectChoice("enrol", _l("录取（没有空名额就进候补）")),
            SelectChoice("refuse", _l("不通过")),
        ],
        validators=[InputRequired()],
    )
    reason = TextAreaField(_l("给报名的人看的原因"), validators=[Length(max=LONGEST_REASON)])


class FindForm(Form):
    """Whom the clerk has before them or on the phone."""

    who = StringField(_l("手机号或身份证号"), validators=[InputRequired(), Length(max=40)])


class EnrolForm(Form):
    """One person, chosen from those found."""

    person = HiddenField(validators=[InputRequired()])
    consent = RadioField(
        _l("本人怎样同意"),
        choices=choices(consents.WAYS.items()),
        validators=[InputRequired(_l("请先问清本人，再选怎样同意的。"))],
    )
