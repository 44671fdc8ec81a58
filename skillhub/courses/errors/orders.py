"""What can go wrong with a training order."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict


class OrderUnvisited(Conflict):
    """Nobody has looked at the job, so the order cannot be approved."""

    code = "order_unvisited"
    message = _l("还没有探岗，不能核准。请先到用人单位看岗位，记下日期和结果，再来核准。")


class OrderDecided(Conflict):
    """The order is in a state in which this step cannot be taken."""

    code = "order_state"
    message = _l("这个订单现在是“%(state)s”，这一步办不了。请刷新页面看最新情况。")


class OrderUnfinished(Conflict):
    """Classes of the order still run, so it is not complete."""

    code = "order_unfinished"
    message = _l("这个订单还有%(batches)s个班没有结束，不能办结。请先结束或取消这些班。")
