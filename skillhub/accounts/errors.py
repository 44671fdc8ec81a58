"""What can go wrong with people, organisations, roles and signing in, and what to type instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from skillhub.accounts.wrong import Wrong
from skillhub.base.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    SkillHubError,
    TooMany,
    Unauthenticated,
)

Value = TypeVar("Value")

MESSAGES: dict[str, LazyString] = {
    "id_type_unknown": _l(
        "没有这种证件。请选身份证、港澳台居民居住证、台胞证、护照、军官证或外国人永久居留身份证。"
    ),
    "id_number_missing": _l("没有填证件号码。请照证件填写。"),
    "id_number_form": _l("这个号码不像是所选证件的号码。请对照证件重新填写。"),
    "id_number_lost": _l("这是表格软件显示的近似数，后几位已经丢失。请对照证件重新填写18位号码。"),
    "id_number_old": _l("这是15位的旧号码，已经停用。请填新证上的18位号码。"),
    "id_number_length": _l("身份证号是18位，前17位是数字，最后一位是数字或X。请对照证件重新填写。"),
    "id_number_prefix": _l("身份证号的头两位不是任何省份的代码。请对照证件重新填写。"),
    "id_number_permit": _l("居住证的号码以81、82或83开头。请看看是不是选错了证件。"),
    "id_number_birth": _l("身份证号第7到14位不是一个出生日期。请对照证件重新填写。"),
    "id_number_check": _l("身份证号的最后一位对不上，多半有一位填错了。请对照证件重新填写。"),
    "name_missing": _l("没有填姓名。请填证件上的姓名。"),
    "name_masked": _l("姓名里有遮挡的字。请填完整的姓名。"),
    "name_long": _l("姓名最多50个字。请填证件上的姓名。"),
    "name_hidden": _l("姓名里有看不见的字符，多半是粘贴时带进来的。请删掉后重新输入。"),
    "name_signs": _l("姓名只能是文字和间隔号（·）。请填证件上的姓名。"),
    "phone_missing": _l("没有填手机号。请填11位手机号。"),
    "phone_landline": _l("这是座机号码，收不到短信。请填11位手机号。"),
    "phone_form": _l("手机号是11位数字，以13到19开头。请重新填写。"),
    "contact_form": _l("这不像是电话号码。请填手机号，或带区号的座机号，比如023-72237676。"),
    "uscc_length": _l("统一社会信用代码是18位数字和字母。请对照执照重新填写。"),
    "uscc_letters": _l(
        "统一社会信用代码里没有字母I、O、S、V、Z，多半是把数字1、0、5、2看错了。请对照执照重新填写。"
    ),
    "uscc_check": _l("统一社会信用代码的最后一位对不上，多半有一位填错了。请对照执照重新填写。"),
    "too_young": _l("满16周岁才能登记。请到窗口问一问适合的服务。"),
    "sex_differs": _l("性别和身份证号上的不一样。请对照证件改正。"),
    "district_unknown": _l("没有这个区。请填6位区划代码，比如130202。"),
    "consent_missing": _l("还没有记下本人的同意。请先把说明念给本人听，本人同意后再登记。"),
    "consent_form": _l("同意的事项由小写字母和下划线组成，并要写明说明的版本。"),
    "group_form": _l("人群标签每个1到20个字，最多20个。"),
    "wish_form": _l("意愿的种类是 job（找工作）、course（学技能）或 both（都要）。"),
    "trade_form": _l("工种是1到40个字。请填想做或想学的工种，比如：家务服务。"),
    "password_short": _l("密码至少8位。请换一个长一点的。"),
    "password_long": _l("密码最多128位。请换一个短一点的。"),
    "password_known": _l("这个密码太常见，或者和手机号有关，容易被人猜中。请换一个。"),
    "role_unknown": _l("没有这个身份。"),
    "organisation_missing": _l("这个身份要属于一家单位。请填单位编号。"),
    "organisation_unknown": _l("本区没有这家单位，或者单位的种类不对。请核对单位编号。"),
    "organisation_needless": _l("这个身份不属于单位。请把单位编号留空。"),
    "mail_missing": _l("没有填邮箱。请填一个能收到邮件的邮箱，比如 name@example.cn。"),
    "mail_form": _l("这不像是邮箱。请照 name@example.cn 的样子填写，中间没有空格。"),
    "mail_closed": _l("本系统没有开通邮件。请继续用短信，或到窗口问一问。"),
    "mail_code_wrong": _l("确认码不对，或者已经过期。请看最新的一封邮件，或重新获取。"),
    "mail_needed": _l("要用邮件，请先在下面填好邮箱并确认。"),
    "channel_unknown": _l("请从列出的几种方式里选一种。"),
    "person_unknown": _l("没有找到这个人。请核对编号。"),
    "organisation_kind": _l("单位的种类是 employer（用人单位）、team（班组）或 training_body（培训机构）。"),
    "organisation_name": _l("单位名称是1到100个字。请照执照填写。"),
    "days_range": _l("有效天数是1到366。请重新填写。"),
    "scope_unknown": _l("没有这项权限。可用的有：read、apply、teach、order、decide、claim、feed。"),
    "scope_missing": _l("至少写一项权限，比如 read。"),
    "role_not_held": _l("这个人在这个区没有这个身份。请先开通身份，再做令牌。"),
    "code_or_password": _l("请写验证码（code）或密码（password），写一样就行。"),
    "consent_unticked": _l("请先看说明，同意后勾选。"),
    "district_missing": _l("请选您所在的区。"),
    "who_form": _l("请输入完整的11位手机号、18位身份证号，或以 p- 开头的人员编号。"),
    "phone_tail_form": _l("手机号的后四位是4个数字，比如0012。"),
    "phone_tail_missing": _l("只有姓名找不准人。请再填手机号的后四位。"),
    "id_last4_form": _l("证件号的后四位是4个数字，最后一位也可能是X。"),
    "born_on_missing": _l("请再填出生日期，和证件后四位一起找。"),
    "clue_missing": _l("请填一个完整的号码；或者姓名加手机号后四位；或者证件后四位加出生日期。"),
    "too_many_found": _l("符合的人太多。请改用完整的手机号或身份证号找。"),
    "invitation_phone": _l("手机号和登记的不一样。请填邀请您的人登记的那个号码。"),
    "invitation_role": _l("这里只能邀请站点工作人员、教师、培训机构和用人单位的人。"),
}


def field_error(name: str, code: str) -> FieldError:
    """Return what is wrong with a field, in words."""
    return FieldError(name, code, MESSAGES[code])


@dataclass
class Reading:
    """Reads the fields of one form or body, and keeps what is wrong with each, to say all at once."""

    errors: list[FieldError] = field(default_factory=list)

    def read(self, name: str, rule: Callable[[], Value]) -> Value | None:
        """Return what the rule makes of a field, None when it is wrong."""
        try:
            return rule()
        except Wrong as wrong:
            self.refuse(name, wrong.code)
            return None

    def refuse(self, name: str, code: str) -> None:
        """Note that a field is wrong."""
        self.errors.append(field_error(name, code))


@contextmanager
def reading() -> Iterator[Reading]:
    """Read fields inside the block.

    :raises Invalid: at its end, if one of them was wrong.
    """
    read = Reading()
    yield read
    if read.errors:
        raise Invalid(*read.errors)


class IdentityNameDiffers(Conflict):
    """The document is registered already, but under another name."""

    code = "identity_name_differs"
    message = _l(
        "这个证件号已用另一个姓名登记。请对照证件核对姓名和号码；确实是同一人，请找本区管理人员更正。"
    )


class IdentityKnown(Conflict):
    """Who registers alone gave a document that is registered already, with another phone."""

    code = "identity_known"
    message = _l("这个证件号已经登记过。请用当时的手机号登录；换了号码，请带证件到窗口改。")


class ManyDistricts(Conflict):
    """The caller may register people in several districts, and did not say in which."""

    code = "many_districts"
    message = _l("您在几个区都有登记的权限。请用只属于一个区的令牌。")


class OrganisationKnown(Conflict):
    """Another organisation has this code."""

    code = "organisation_known"
    message = _l("这个单位编号已经用过。请换一个编号。")


class NotForOneself(Forbidden):
    """Nobody gives a role to themselves."""

    code = "not_for_oneself"
    message = _l("不能给自己开通身份。请找另一位管理人员办理。")


class NotBySamePerson(Forbidden):
    """The second person must be another than the first."""

    code = "not_by_same_person"
    message = _l("这一步要由另一位管理人员确认，不能由提出的人自己确认。")


class SignInFailed(Unauthenticated):
    """Phone, code and password do not belong together; which of them is wrong is not said."""

    code = "sign_in_failed"
    message = _l("手机号、验证码或密码不对，或者验证码已经过期。请核对后再试，或重新获取验证码。")


class ChoosePerson(Conflict):
    """Several people share the phone; `errors` name them: the handle as code, the masked name as message."""

    code = "choose_person"
    message = _l("这个手机号有几位共用。请选您是哪一位。")

    def __init__(self, persons: tuple[tuple[str, str], ...]) -> None:
        """Keep who may be meant, each by handle and masked name."""
        self.persons = persons
        self.errors = tuple(FieldError("person", handle, name) for handle, name in persons)
        super().__init__(persons=[handle for handle, _name in persons])


class RegistrationExpired(SkillHubError):
    """The phone was confirmed too long ago, or never."""

    code = "registration_expired"
    status = 410
    message = _l("验证手机号已过了20分钟。请重新获取验证码。")


class OnlyInDemonstration(SkillHubError):
    """The outbox holds codes: it is read in the profiles demo and test only."""

    code = "only_in_demonstration"
    status = 403
    message = _l("只有演示和测试环境能看发出的短信。")


class TooManySearches(TooMany):
    """One account looks for more people than come to a desk."""

    code = "too_many_searches"
    retry_after = 600
    message = _l("十分钟里找人的次数太多了。请过一会儿再找；确实需要，请找区里的管理人员。")


class InvitationOver(SkillHubError):
    """The link was used, taken back, is too old, or was tried with wrong phone numbers too often."""

    code = "invitation_over"
    status = 410
    message = _l("这个链接已用过、过期或被收回。请找邀请您的人再要一个；设过密码的，请直接登录。")


class SignsInAlready(Conflict):
    """The person has a password: a link that sets one would let its maker in."""

    code = "signs_in_already"
    message = _l("这个人已经设过密码，请他直接登录，不用链接。")


class NotToInvite(Conflict):
    """The person holds a role for which an officer makes no link, or works in another district, too."""

    code = "not_to_invite"
    message = _l(
        "这个人没有本区的工作身份，或者还有别的身份，链接不能在这里做。请他用短信验证码登录，或者找系统运维。"
    )
