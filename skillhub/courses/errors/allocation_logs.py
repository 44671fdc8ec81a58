"""What can go wrong when somebody asks for the record of how seats were given out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict


class LogNotPublished(Conflict):
    """Enrolment is still going on, or its record is just being written."""

    code = "log_not_published"
    message = _l("录取记录还没有公布。报名截止、名额定下以后几秒钟就会公布，请到时候再来。")
