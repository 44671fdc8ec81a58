"""Why a certificate cannot be issued, drawn or revoked."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from skillhub.base.errors import Conflict, FieldError, Invalid
from skillhub.base.problem import Problem

_FONT_FAULTS = {
    "too_large": _l("字体文件太大，最大12 MB。"),
    "not_truetype": _l("只收TrueType字体（.ttf）。OTF和TTC请先转换成TTF。"),
    "damaged": _l("这个字体文件读不了，多半是坏了。请重新下载，或者换一个。"),
    "not_embeddable": _l("这个字体的授权不允许嵌入文件，不能用在证书上。请换一个。"),
    "nothing_new": _l("这个字体里没有系统缺的字，不用上传。"),
}


class FontRefused(Invalid):
    """A font that somebody uploaded cannot or may not be embedded, or is of no use."""

    code = "font_refused"

    def __init__(self, why: str) -> None:
        """Say what is wrong with it, at the file."""
        super().__init__(FieldError("file", why, _FONT_FAULTS[why]))


class FontGone(Conflict):
    """The file of a district's font is not where it was put."""

    code = "font_gone"
    message = _l("本区补字用的字体“%(font)s”的文件不见了，不能打印。请从备份恢复数据目录里的fonts。")


class NotEarned(Conflict):
    """The person has no result, or the result is not a pass."""

    code = "not_certified"
    message = _l("这个人的结业结果还不是合格，不能发证。请先登记成绩。")


class TooEarly(Conflict):
    """A certificate may not be dated before the end of the class."""

    code = "issued_before_end"
    message = _l("这个班还没结束，不能发证。最后一课上完以后再办。")


class ClassCancelled(Conflict):
    """The class was cancelled, or never approved."""

    code = "class_not_held"
    message = _l("这个班没有开成（等待核准或已取消），不能发证。")


class NothingToIssue(Conflict):
    """Nobody in the class has passed, as far as is recorded."""

    code = "nothing_to_issue"
    message = _l("这个班还没有成绩合格的人。请先登记成绩，再来发证。")


class AlreadyIssued(Conflict):
    """The application has a certificate with another number."""

    code = "already_issued"
    message = _l("这个人在这个班已经有证书了，编号是%(number)s。")


class NumberTaken(Conflict):
    """Another certificate bears this number."""

    code = "number_taken"
    message = _l("编号%(number)s已经用在另一张证书上，请核对原件。")


class IdentityMissing(Conflict):
    """The last digits of the identity document are a mandatory fact."""

    code = "identity_missing"
    message = _l("这个人还没有登记身份证件，证书上不能缺这一项。请先在窗口补登。")


class AlreadyRevoked(Conflict):
    """The certificate is no longer in force."""

    code = "already_revoked"
    message = _l("这张证书已经不是有效状态，不用再撤销。")


class NotCorrectable(Conflict):
    """Only a certificate in force can be corrected; of two corrections one comes too late."""

    code = "not_correctable"
    message = _l("这张证书已经不是有效状态，不能更正。请打开最新的一版再看。")


class NothingCorrected(Invalid):
    """What was handed in is what the certificate says already."""

    code = "nothing_corrected"
    message = _l("姓名和培训项目名称都和现在一样，没有要更正的。")

    def __init__(self) -> None:
        """Put it at the first field."""
        super().__init__(FieldError("name", self.code, self.message))


class RecordedAlready(Conflict):
    """A certificate of others is on record for this person."""

    code = "recorded_already"
    message = _l("这张证书已经登记过了，不用再登记。")


class OwnCertificate(Conflict):
    """Nobody confirms what they have told about themselves."""

    code = "own_certificate"
    message = _l("这是您自己的证书，请另一位工作人员来核对。")


class AlreadyLookedUp(Conflict):
    """Somebody has confirmed or refuted it already."""

    code = "already_looked_up"
    message = _l("这张证书已经有人核对过了，请刷新页面。")


class ConfirmedForAnother(Conflict):
    """The number was confirmed for somebody else: one of the two is wrong."""

    code = "confirmed_for_another"
    message = _l("这个编号已经核实是另一个人的。请再看原件，查明是谁的。")


class NothingAffected(Invalid):
    """No certificate in force has in common what was named."""

    code = "nothing_affected"
    message = _l("没有找到这样的有效证书，请核对填的内容。")

    def __init__(self) -> None:
        """Put it at the field."""
        super().__init__(FieldError("what", self.code, self.message))


class SecondPersonMissing(Conflict):
    """Who has asked for many certificates to be taken back cannot confirm it too."""

    code = "second_person_missing"
    message = _l("批量撤销要两个人：您提出的，请另一位管理人员来确认。")


class RecallDecided(Conflict):
    """Somebody has confirmed or withdrawn it already."""

    code = "recall_decided"
    message = _l("这次批量撤销已经处理过了，请刷新页面。")


class FactsAltered(Conflict):
    """What the register holds is not what was frozen at the issue."""

    code = "facts_altered"
    message = _l("这张证书的存档和发证时不一致，不能打印也不能采信。请联系窗口查明原因。")


class CharacterMissing(Invalid):
    """The font has no glyph for a character, which would be printed as nothing."""

    code = "character_missing"
    message = _l(
        "字库里没有“%(character)s”（%(codepoint)s），印出来会是空白，所以先不发证。请把这个字报给管理员。"
    )

    def __init__(self, *, field: str, character: str) -> None:
        """Name the field and the character."""
        facts = {"character": character, "codepoint": f"U+{ord(character):04X}"}
        super().__init__(FieldError(field, self.code, self.message % facts), **facts)


class NumberMalformed(Invalid):
    """A number from before is not of this district's series."""

    code = "number_malformed"

    def __init__(self, *, number: str, district: str) -> None:
        """Say what a number of this series looks like."""
        text = _l(
            "填了%(number)s。这里的编号是SH加%(district)s，再加4位年份和6位顺序号，共18位。",
            number=number,
            district=district,
        )
        super().__init__(FieldError("number", self.code, text), number=number)


def reason_missing() -> FieldError:
    """Say that whoever takes a certificate back says why."""
    text = _l("请写明为什么撤销，持证人和核验的人都会看到。比如：成绩登记错误。")
    return FieldError("reason", "missing", text)


def correction_unexplained() -> FieldError:
    """Say that whoever corrects a certificate says why."""
    text = _l("请写明为什么更正，持证人和核验的人都会看到。比如：姓名登记时写错一个字。")
    return FieldError("reason", "missing", text)


def asked_later() -> FieldError:
    """Say that the holder cannot have asked on a day to come."""
    return FieldError("asked_on", "in_future", _l("申请日期不能晚于今天。"))


def reason_too_long(most: int) -> FieldError:
    """Say how long the reason may be."""
    return FieldError("reason", "too_long", _l("太长了，最多%(most)s个字。", most=most))


class CredentialPending(Conflict):
    """The certificate is issued, and its electronic signature is not made yet."""

    code = "credential_pending"
    retry_after = 3
    message = _l("证书已经发了，电子签名正在后台生成。请过几秒钟再下载。")


class CredentialErased(Conflict):
    """The holder wanted the signed copies erased."""

    code = "credential_erased"
    message = _l("持证人已申请注销这张证书，电子凭证已经删除。")


class IssuerMoved(Problem):
    """The host of the issuer was changed after certificates were signed; theirs would point nowhere."""
