"""Forms for claims; they check shape, the services check facts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import AnyOf, Length, Optional

from skillhub.subsidy.rules.steps import Step
from skillhub.web.forms import Form


class ClaimForm(Form):
    """Make a claim for a whole batch: one press, nothing to fill in."""


class StepForm(Form):
    """One step of a claim, with its reason where one is needed."""

    step = HiddenField(validators=[AnyOf([step.value for step in Step])])
    reason = TextAreaField(
        _l("原因（退回、异议、追回时必填）"),
        validators=[Optional(), Length(max=1000, message=_l("最多1000个字。"))],
    )
