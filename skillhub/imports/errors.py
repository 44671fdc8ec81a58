"""What can go wrong with an import as a whole, in words that say what to do."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict, SkillHubError


class DistrictUnclear(SkillHubError):
    """There are several districts, or none, and it was not said which one is meant."""

    code = "district_unclear"
    status = 422
    message = _l("没有说是哪个区，或者没有这个区。请写上本系统里有的6位区划代码。")


class ImportChanged(Conflict):
    """Since the file was checked, something was registered that changes what would be refused or asked."""

    code = "import_changed"
    message = _l("核对之后又有人登记了，有几行的结果变了，所以没有导入。请看新的结果再决定。")


class ImportBlocked(Conflict):
    """Lines of the file stand in the way, and it was not said what to do with them."""

    code = "import_blocked"
    message = _l("有的行不能导入，或者要人看一眼，所以一行也没有导入。请改好文件，或者选怎样处理这些行。")


class ImportState(Conflict):
    """The file is being read or written, was imported, or has been deleted."""

    code = "import_state"
    message = _l("这个文件正在办理、已经导入，或者已经删除。请刷新页面看最新情况。")
