"""What stands on a certificate of somebody fictitious, whose name is hard to print."""

from __future__ import annotations

from datetime import date

from skillhub.credentials.rules.facts import Facts

FACTS = Facts(
    number="SH1302022025000001",
    name="祎燚犇垚䶮㛃𠮷𠅤",
    identity_last4="123X",
    course="家务服务",
    starts_on=date(2025, 11, 3),
    ends_on=date(2025, 11, 4),
    body="路南技能培训学校（虚构）",
    issued_on=date(2025, 11, 10),
    trade="家政",
    level="5",
    level_name="五级（初级工）",
    hours=20,
    theory_hours=8,
    practice_hours=12,
    theory=82,
    practice=91,
    batch="LN-2025-01",
    district="130202",
    is_fictitious=True,
)
