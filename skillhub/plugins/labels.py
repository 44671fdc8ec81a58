"""Words for the facts of rules, in both languages: what people read instead of a dotted name."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str]] = {
    "person": ("本人信息", "Personal facts"),
    "person.handle": ("人员代号", "Person's handle"),
    "person.birth_on": ("出生日期", "Date of birth"),
    "person.sex": ("性别", "Sex"),
    "person.groups": ("人员类别", "Groups"),
    "person.district": ("登记地区", "Registered in"),
    "person.age": ("申请日周岁", "Age on the day of the claim"),
    "person.age_at_start": ("开班日周岁", "Age on the first day of the class"),
    "course.code": ("课程代码", "Course code"),
    "course.name": ("课程名称", "Course"),
    "course.trade": ("工种", "Trade"),
    "course.occupation": ("职业代码", "Occupation code"),
    "course.level": ("等级", "Level"),
    "course.theory_hours": ("理论课时", "Theory class hours"),
    "course.practice_hours": ("实操课时", "Practice class hours"),
    "course.minutes_per_hour": ("每课时分钟数", "Minutes in a class hour"),
    "batch.code": ("班期编号", "Class code"),
    "batch.starts_on": ("开班日期", "First day of the class"),
    "batch.ends_on": ("结班日期", "Last day of the class"),
    "batch.order": ("培训订单", "Training order"),
    "batch.seats": ("名额", "Seats"),
    "attendance.minutes_planned": ("计划分钟", "Minutes planned"),
    "attendance.minutes_present": ("出勤分钟", "Minutes present"),
    "attendance.sessions_planned": ("计划课次", "Sessions planned"),
    "attendance.sessions_present": ("出勤课次", "Sessions present"),
    "marks.theory": ("理论成绩", "Theory mark"),
    "marks.practice": ("实操成绩", "Practice mark"),
    "certificate": ("培训合格证书", "Training certificate"),
    "certificate.number": ("证书编号", "Certificate number"),
    "certificate.issued_on": ("发证日期", "Issued on"),
    "certificate.trade": ("证书工种", "Trade of the certificate"),
    "certificate.level": ("证书等级", "Level of the certificate"),
    "engagement": ("上岗记录", "Record of work"),
    "engagement.started_on": ("上岗日期", "First day of work"),
    "engagement.days": ("工作天数", "Days worked"),
    "engagement.order": ("上岗对应的培训订单", "Training order of the work"),
    "background.has_identity": ("身份证件已核对", "Identity document checked"),
    "background.has_passed": ("同一工种、同一等级已合格", "Same trade and level passed before"),
    "background.clash": ("上课时间冲突的班期", "Class at the same time"),
    "chances.used": ("本年已用次数", "Chances used this year"),
    "on": ("适用日期", "Day whose rules apply"),
}
"""Chinese and English by the dotted name of the fact."""


def label(name: str, language: str = "zh") -> str:
    """Return the words for a fact; a parameter of a district is shown by its own name."""
    words = LABELS.get(name.removesuffix(".exists"))
    if words is None:
        return name.removeprefix("p.")
    return words[1] if language == "en" else words[0]


_ENGLISH = dict(LABELS.values())


def in_english(words: str) -> str:
    """Return the English of the words for a fact; a district's own words stay as they are."""
    return _ENGLISH.get(words, words)
