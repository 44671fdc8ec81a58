"""What can go wrong with districts, sites and switches, in words that say what to do."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict, NotFound


class DistrictKnown(Conflict):
    """A district with this code exists."""

    code = "district_known"
    message = _l("这个区已经有了。请核对区划代码。")


class SiteKnown(Conflict):
    """A site with this code exists."""

    code = "site_known"
    message = _l("这个站点编号已经用过。请换一个编号。")


class PluginUnknown(NotFound):
    """No plugin of this name is installed."""

    code = "plugin_unknown"
    message = _l("没有装这个插件。请核对名称。")
