"""Why a file of rows cannot be read, and what to do about it."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.base.errors import SkillHubError

REASONS: dict[str, LazyString] = {
    "empty": _l("这个文件是空的。请选有内容的表格。"),
    "too_large": _l("文件太大了。请拆成几个，每个不超过12 MB。"),
    "extension": _l("只收 .xlsx 和 .csv 文件。请用表格软件另存为其中一种。"),
    "old_workbook": _l("这是旧版 Excel 文件（.xls）或加了密码的文件。请去掉密码，另存为 .xlsx 再上传。"),
    "web_page": _l("这个文件其实是网页，只是名字像表格。请用表格软件打开，另存为 .xlsx。"),
    "pdf": _l("这是 PDF 文件。请上传原来的表格。"),
    "not_workbook": _l("这个文件不是 Excel 表格，名字和内容对不上。请用表格软件打开，另存为 .xlsx。"),
    "not_text": _l("这个文件不是文本，名字和内容对不上。请用表格软件打开，另存为 .csv 或 .xlsx。"),
    "damaged": _l("这个文件损坏了，打不开。请用表格软件打开原文件，重新另存一次。"),
    "bomb": _l("这个文件展开后大得不正常，没有打开。请用表格软件新建一个文件，只粘贴需要的行。"),
    "too_wide": _l("表格的列太多了。请只留需要的列，最多200列。"),
    "too_long": _l("表格的行太多了。请拆成几个文件，每个最多200000行。"),
    "cell_long": _l("有一格里的字太多了。请检查引号是不是少了一个。"),
    "external_links": _l("这个表格引用了别的文件。请在表格软件里断开外部链接，或者粘贴成数值后另存。"),
    "macros": _l("这个表格带有宏。请另存为不带宏的 .xlsx。"),
    "document_type": _l("这个文件里有不该有的声明（DOCTYPE），没有打开。请用表格软件另存为 .xlsx。"),
    "encoding": _l("认不出这个文件的文字编码。请用表格软件另存为“CSV UTF-8”或者 .xlsx。"),
    "encoding_mixed": _l("这个文件里混着几种文字编码，会变成乱码。请用表格软件另存为“CSV UTF-8”或者 .xlsx。"),
    "no_header": _l("没有找到表头。前20行里要有一行列名，至少有：%(needed)s。可以先下载模板。"),
    "no_rows": _l("表头下面没有内容。请填好再上传。"),
}


class SheetUnreadable(SkillHubError):
    """The file is no table that can be read; the reason says what to do."""

    code = "file_unreadable"
    status = 422
    message = _l("这个文件读不出来。请用表格软件另存为 .xlsx 再试。")

    def __init__(self, reason: str, **facts: object) -> None:
        """Keep the reason; its words become the message."""
        self.reason = reason
        self.message = REASONS[reason]
        super().__init__(**facts)
