"""The only place that says decisions, reasons and fields of an import in words: what is wrong, what to do."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from skillhub.accounts.errors import MESSAGES
from skillhub.imports.rules.lines import Decision, Remark

FIELDS: dict[str, LazyString] = {
    "address": _l("地址"),
    "code": _l("编号"),
    "consent": _l("本人同意"),
    "course": _l("培训意向"),
    "district": _l("区"),
    "education": _l("学历"),
    "groups": _l("人群标签"),
    "id_number": _l("证件号码"),
    "id_type": _l("证件类型"),
    "job": _l("求职意向"),
    "kind": _l("种类"),
    "lat": _l("纬度"),
    "lon": _l("经度"),
    "name": _l("姓名或名称"),
    "parent": _l("上级"),
    "phone": _l("电话"),
    "position": _l("位置"),
    "registered_on": _l("登记日期"),
    "sex": _l("性别"),
    "starts_on": _l("开班日期"),
    "street": _l("街道"),
    "tier": _l("层级"),
}

DECISIONS: dict[Decision, LazyString] = {
    Decision.OK: _l("可以导入"),
    Decision.NORMALISED: _l("整理后可以导入"),
    Decision.MERGE: _l("并入已有的人"),
    Decision.UNCHANGED: _l("已经有了，不变"),
    Decision.FLAG: _l("要人看一眼"),
    Decision.REFUSE: _l("不能导入"),
}

_REMARKS: dict[str, LazyString] = {
    "date_ahead": _l("%(field)s在今天之后。请核对；接受后按今天登记。"),
    "date_form": _l("%(field)s认不出来。请写成 2026-03-05 的样子；接受后这一格留空。"),
    "date_yearless": _l("%(field)s没有写年份。请补上年份；接受后这一格留空。"),
    "district_missing_here": _l("没有说是哪个区。请加“区划代码”一列，或者导入时指定。"),
    "district_other": _l("“%(value)s”不是可以导入的区。请填本区的6位区划代码。"),
    "document_of_another": _l("证件号和第%(line)s行一样，姓名却不同。请对照证件核对这两行。"),
    "entered_twice": _l("和第%(line)s行是同一个，重复了。请删掉一行。"),
    "formula": _l("%(field)s是公式算出来的。请在表格里选“粘贴为数值”再导入。"),
    "identity_name_differs": _l("这个证件号已用另一个姓名登记。请对照证件核对。"),
    "known": _l("已经登记过，是同一个人。"),
    "name_and_phone_again": _l(
        "姓名和手机号都和第%(line)s行一样，证件却对不上。请核对是不是同一个人；接受后算作两个人。"
    ),
    "name_and_phone_known": _l(
        "姓名和手机号都和已登记的一位一样，证件却不同。请核对是不是同一个人；接受后算作两个人。"
    ),
    "phone_and_number_missing": _l("没有手机号也没有证件号，分不清是谁。请至少填一样。"),
    "phone_differs": _l("手机号和登记的不一样。登记的不会被名册改掉；要改，请本人带证件到窗口。"),
    "phone_landline": _l("这是座机号码，收不到短信。接受后不登记手机号。"),
    "phone_lost": _l("手机号是表格软件显示的近似数，后几位已经丢失。请重新填写11位手机号。"),
    "phone_shared": _l("已登记的另一位也用这个手机号。请核对是共用，还是姓名写错了；接受后算作两个人。"),
    "phone_shared_with_line": _l(
        "第%(line)s行的另一位也用这个手机号。请核对是共用，还是姓名写错了；接受后算作两个人。"
    ),
    "same_as_line": _l("和第%(line)s行是同一个人。"),
    "sex_differs": _l("名册写%(cell)s，身份证号是%(document)s。请核对证件；接受后以身份证号为准。"),
    "sex_unknown": _l("性别“%(value)s”认不出来。请填男或女；接受后不登记性别。"),
    "too_young_on": _l("%(day)s那天只有%(age)s岁。满16周岁才能登记。"),
    "trade_long": _l("%(field)s太长。请缩短到40个字以内。"),
    "site_code_form": _l("编号是1到40个字母、数字或横线。请改正，或者留空由系统编号。"),
    "site_code_elsewhere": _l("这个编号是别的区的站点。请换一个编号，或者留空由系统编号。"),
    "site_name_missing": _l("没有填站点名称。请填好。"),
    "site_name_long": _l("名称、地址最多100个字。请缩短。"),
    "site_name_again": _l("名称和第%(line)s行一样，编号却不同。请核对是不是同一个站点；接受后算作两个。"),
    "site_name_known": _l("已有一个同名站点，编号是%(known)s。请核对是不是同一个；接受后算作两个。"),
    "site_kind_unknown": _l("种类认不出来。请填零工市场、服务中心、零工驿站、摊位或工坊。"),
    "site_differs": _l(
        "站点已经有了，但%(fields)s和登记的不一样。导入不会改已有的站点；要改，请在站点页面上办理。"
    ),
    "site_known": _l("站点已经有了，内容一样。"),
    "tier_form": _l("层级是1（市场）、2（中心）或3（驿站）。请改正，或者留空。"),
    "tier_kind": _l(
        "这一级没有这种站点：市场是1级，服务中心是2级，驿站是2级或3级，摊位和工坊是3级。请核对种类和上级。"
    ),
    "tier_parent": _l("层级要比上级低一级，最多3级。请核对上级和层级。"),
    "position_form": _l("经度、纬度要一起填，用度数，比如 118.1388 和 39.6179。请核对。"),
    "position_swapped": _l("经度和纬度好像填反了。请对调。"),
    "parent_unknown": _l("没有找到上级“%(value)s”。请填上级的编号或名称，可以在同一个文件里。"),
    "parent_unclear": _l("有几个站点都叫“%(value)s”。请改填上级的编号。"),
    "parent_refused": _l("上级在第%(line)s行，那一行不能导入。请先改好那一行。"),
    "parent_circle": _l("上级绕成了一圈。请核对上级这一列。"),
}


def decision(made: Decision) -> str:
    """Return a decision in words."""
    return str(DECISIONS[made])


def field(name: str) -> str:
    """Return the name of a field in words."""
    return str(FIELDS.get(name, name))


def reason(remark: Remark) -> str:
    """Return why, in the reader's language, with its facts filled in."""
    text = str(_REMARKS[remark.code] if remark.code in _REMARKS else MESSAGES[remark.code])
    facts = dict(remark.facts)
    if "field" in facts:
        facts["field"] = field(facts["field"])
    if "fields" in facts:
        facts["fields"] = _("、").join(field(each) for each in facts["fields"].split(","))
    return text % facts if facts else text
