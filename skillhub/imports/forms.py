"""Forms for handing in a file and for deciding about its lines; the services check the facts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from skillhub.imports.rules.reports import ACCEPT, PEOPLE, SITES, SKIP
from skillhub.web.forms import Form

KINDS = [SelectChoice(PEOPLE, _l("求职者名册")), SelectChoice(SITES, _l("站点名录"))]
FLAGGED = [
    SelectChoice(ACCEPT, _l("都看过了，照收")),
    SelectChoice(SKIP, _l("先不收这些行")),
]


class FileForm(Form):
    """A file and what it holds."""

    kind = RadioField(_l("文件里是什么"), choices=KINDS, default=PEOPLE)
    district = SelectField(_l("区"), validate_choice=False, validators=[Optional()])
    file = FileField(_l("选文件"), description=_l(".xlsx 或 .csv，最大12 MB"))
    has_consented = BooleanField(_l("名册上的人都看过信息说明并已同意（有签字或记录）"))


class DecisionForm(Form):
    """What becomes of the lines that cannot simply be taken."""

    flagged = RadioField(_l("要人看一眼的行"), choices=FLAGGED, validators=[Optional()])
    skips_refused = BooleanField(_l("跳过不能导入的行，其余的照样导入"))
