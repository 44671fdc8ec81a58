"""What can go wrong with subsidy previews and claims."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict


class AlreadyClaimed(Conflict):
    """Somebody of this batch is in another claim; one training is claimed for once."""

    code = "already_claimed"
    message = _l("这个班已经有人列入补贴申请，同一次培训只能申请一次。请看已有的申请。")


class NothingToClaim(Conflict):
    """Nobody in the batch has completed it yet."""

    code = "nothing_to_claim"
    message = _l("这个班还没有已发证的学员。请先录成绩、发证，再申请补贴。")


class NoRules(Conflict):
    """The district has no subsidy rules switched on."""

    code = "no_subsidy_rules"
    message = _l("本区还没有启用补贴规则，所以算不了。请区管理人员在“规则插件”里启用。")


class WrongStep(Conflict):
    """The claim stands at another step."""

    code = "wrong_step"
    message = _l("这份申请现在是“%(state)s”，不能这样办。请刷新页面看最新情况。")


class ClaimUndecided(Conflict):
    """A rule broke or disagreed for somebody; the claim is held, not refused."""

    code = "claim_undecided"
    message = _l("有人的结论还没有算出来，不能核准。请先看规则插件的故障，再让机构重新提交。")


class FactsMoved(Conflict):
    """Attendance, marks or certificates kept changing while the claim was decided."""

    code = "facts_moved"
    message = _l("计算期间考勤或成绩有改动。请稍等再提交一次。")
