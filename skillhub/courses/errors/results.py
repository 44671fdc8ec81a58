"""What can go wrong when the results of a batch are recorded."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict


class ClassNotOver(Conflict):
    """The last session has not ended."""

    code = "class_not_over"
    message = _l("最后一次课还没有上完，不能登记成绩。")


class NoCompletionRule(Conflict):
    """No plugin of the district has a table for the day; core has no pass mark of its own."""

    code = "no_completion_rule"
    message = _l("本区还没有规定合格分数和最低出勤，请区管理人员在插件中设定。")


class RuleUndecided(Conflict):
    """A plugin failed, or two answered: nobody passes or fails by accident."""

    code = "rule_undecided"
    message = _l("本区的合格规则没能给出结论（插件：%(plugin)s）。成绩没有保存，请区管理人员检查后再试。")


class FactsMoved(Conflict):
    """Attendance was corrected while the rules were being asked."""

    code = "facts_moved"
    message = _l("考勤正在被人更改，成绩没有保存。请等考勤登记完再提交。")


class ResultKept(Conflict):
    """A certificate rests on this result."""

    code = "result_kept"
    message = _l("已经按这个成绩发了证书，不能再改。确实有误，请先作废证书。")
