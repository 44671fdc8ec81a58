"""How the seats of a batch are given out, in words that people read before they apply."""

from __future__ import annotations

from flask_babel import gettext as _

from skillhub.courses.queries.batches import BatchView
from skillhub.courses.rules.allocation import Mode, draw
from skillhub.web import words


def sentences(batch: BatchView) -> list[str]:
    """Return the sentences, in the reader's language."""
    return [*_MODES[Mode(batch.mode)](batch), *_line(batch)]


def _first_come(batch: BatchView) -> list[str]:
    return [_("先到先得，按我们服务器收到的时间排。满%(n)s人以后进候补，候补也按先后。", n=batch.seats)]


def _quotas(batch: BatchView) -> list[str]:
    kept = _("、").join(_("%(group)s%(n)s个", group=quota.group, n=quota.seats) for quota in batch.quotas)
    said = [_("共%(n)s个名额，其中留给：%(kept)s。其余先到先得。", n=batch.seats, kept=kept)]
    if batch.release_at is not None:
        said.append(_("留着没用完的，%(at)s起给候补的人，按先后。", at=words.moment(batch.release_at)))
    return said


def _draw(batch: BatchView) -> list[str]:
    said = [
        _(
            "%(at)s以前报名都一样，先报后报不影响结果。报名结束后抽签，抽出%(n)s人，其余按签号候补。",
            at=words.moment(batch.closes_at),
            n=batch.seats,
        )
    ]
    if batch.seed is not None:
        beacon = batch.beacon or draw.NO_BEACON.hex()
        said.append(_("抽签的种子：%(seed)s。混入的公开数：%(beacon)s。", seed=batch.seed, beacon=beacon))
    elif batch.seed_commitment is not None:
        said.append(
            _("抽签的种子已封存，封条是%(seal)s。抽完公布种子，谁都可以核对。", seal=batch.seed_commitment)
        )
    return said


def _line(batch: BatchView) -> list[str]:
    return [
        _("有人退出，空出的名额只给候补的第一位，后来的人不能插队。轮到的人有24小时决定。"),
        _("%(at)s以后不再递补。没轮到的，下一期仍按原来的次序排在最前面。", at=words.moment(batch.cut_off)),
    ]


_MODES = {Mode.FIRST_COME: _first_come, Mode.QUOTAS: _quotas, Mode.DRAW: _draw}
