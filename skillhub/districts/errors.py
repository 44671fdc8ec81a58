"""What can go wrong with districts, sites and switches, in words that say what to do."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict, Forbidden, NotFound

WORDS: dict[str, LazyString] = {
    "no_clerk": _l("这个人不是本区的站点工作人员。请先在“人员和身份”里开通身份。"),
}


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


class PluginAwake(Conflict):
    """The plugin does not rest in this district."""

    code = "plugin_awake"
    message = _l("这个插件在本区没有停，不用恢复。")


class NotAtThisSite(Forbidden):
    """The clerk's site is of a kind that does not do this, or is closed."""

    code = "not_at_this_site"
    message = _l("%(site)s不办这件事。请让来办的人去零工市场或服务中心，或请区里调整您的站点。")


class SiteInUse(Conflict):
    """Sites that are open stand below it."""

    code = "site_in_use"
    message = _l("下面还有%(count)s个站点开着。请先把它们移走或关停，再关停这里。")


class SiteClosed(Conflict):
    """The site is closed."""

    code = "site_closed"
    message = _l("这个站点已经关停。请先重新开放，再改。")


class AlreadyFounded(Conflict):
    """There is a district: the first run is over."""

    code = "already_founded"
    message = _l(
        "系统里已经有区县，首次安装只做一次。再加一个区请用：skillhub init --add；"
        "补发链接请用：skillhub invitations create。"
    )


class NotFounded(Conflict):
    """There is no district yet, so that none can be added to others."""

    code = "not_founded"
    message = _l("系统里还没有区县。首次安装请不要加 --add。")


class OfficersAlike(Conflict):
    """A district begins with two officers, since some steps need two people."""

    code = "officers_alike"
    message = _l("每个区要有两位区工作人员，手机号不能相同：有的事要一人提出、另一人确认。")


class OfferOfOwn(Conflict):
    """Whoever uploaded a package does not approve it."""

    code = "offer_of_own"
    message = _l("这个规则包是您自己上传的，要另一位区工作人员看过以后启用。")


class OfferDecided(Conflict):
    """The package is waiting already, in use, or turned down."""

    code = "offer_decided"
    message = _l("这个规则包已经在等启用，或者已经处理过了。请看列表里的状态。")


class PackageUnfit(Conflict):
    """The package fitted when it was uploaded and does not fit the release that runs now."""

    code = "package_unfit"
    message = _l("这个规则包和现在的系统版本不合：%(reason)s。请提供规则包的人改好后再上传。")
