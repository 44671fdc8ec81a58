"""What can go wrong with a course."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict


class CourseKnown(Conflict):
    """The district has this course already."""

    code = "course_known"
    message = _l("本区已有同名、同工种、同等级的课程（%(course)s）。请直接用它开班，或改一个名称。")
