"""Forms about sites: a new one, what the directory says of it, where it stands, who works there."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired, Optional

from skillhub.base.faults import Faults
from skillhub.districts.rules import kinds, sites
from skillhub.districts.rules.sites import About
from skillhub.web.forms import Form, choices

TIERS = (
    ("1", _l("第一级：市场")),
    ("2", _l("第二级：服务中心、街道驿站")),
    ("3", _l("第三级：社区（村）驿站")),
)


class AboutForm(Form):
    """What the directory says of a site."""

    name = StringField(_l("名称"), validators=[InputRequired()])
    address = StringField(_l("地址"), description=_l("写到能找着，比如：友谊街道惠民道1号"))
    phone = StringField(_l("电话"), render_kw={"autocomplete": "off"})
    position = StringField(_l("经纬度（可不填）"), description=_l("先经度后纬度，比如118.17,39.63"))
    version = HiddenField()

    def about(self) -> About:
        """Return what was filled in.

        :raises Invalid: the position is none.
        """
        faults = Faults()
        found = sites.position(faults, self.position.data or "")
        faults.stop()
        return About(
            name=self.name.data or "",
            address=self.address.data or "",
            phone=self.phone.data or None,
            lon=found[0] if found else None,
            lat=found[1] if found else None,
        )


class SiteForm(AboutForm):
    """A site that is new in the directory; the list of those above it is filled by the view."""

    kind = SelectField(_l("种类"), choices=choices(kinds.KINDS.items()), default="station")
    tier = SelectField(_l("在哪一级"), choices=choices(TIERS), default="3")
    parent = SelectField(_l("上级站点"), validators=[Optional()])


class MoveForm(Form):
    """Below which site another one stands from now on."""

    parent = SelectField(_l("移到哪个站点下面"), validators=[Optional()])
    reason = StringField(_l("原因"), validators=[InputRequired(_l("请写明原因，以后查得到。"))])
    version = HiddenField()


class CloseForm(Form):
    """Why a site closes."""

    reason = StringField(_l("原因"), validators=[InputRequired(_l("请写明原因，以后查得到。"))])
    version = HiddenField()


class ReopenForm(Form):
    """Opening a site again: nothing to fill in."""

    version = HiddenField()


class ClerkForm(Form):
    """Who works at a site; the list is filled by the view."""

    person = SelectField(_l("工作人员"), validators=[InputRequired(_l("请选一位。"))], validate_choice=False)


class ReleaseForm(Form):
    """Who works at a site no more."""

    person = HiddenField(validators=[InputRequired()])


class DayForm(Form):
    """The day on which a site is looked at."""

    class Meta(Form.Meta):
        """A form that only reads needs no token."""

        csrf = False

    on = DateField(_l("哪一天"), validators=[Optional()])
