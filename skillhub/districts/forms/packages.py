"""Forms for packages that come by file: what was sent, and the second officer's decision."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from skillhub.web.forms import Form


class PackageForm(Form):
    """A package, packed as a zip file."""

    file = FileField(_l("规则包"), description=_l("整个文件夹打成一个 .zip，最大2 MB"))


class DecideForm(Form):
    """Yes or no is the button; nothing is filled in."""
