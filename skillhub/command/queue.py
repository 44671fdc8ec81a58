"""`skillhub queue`: check a published allocation log, and the keys that sign them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from skillhub.base.problem import Problem
from skillhub.command import inside, settings
from skillhub.courses.queries import allocation_logs as queries
from skillhub.courses.rules import queue_log
from skillhub.courses.rules.queue_log import Answer, Fault, PublicKey, Verdict
from skillhub.courses.service import allocation_keys

LARGEST_FILE = 64 * 1024 * 1024
EXIT = {Answer.YES: 0, Answer.NO: 1, Answer.UNKNOWN: 3}
WORDS = {
    "after_cancelling": "取消以后只能作废",
    "chain_broken": "prev 不是上一行的 hash：有行被改、删、插或换了位置",
    "cut_off_unreadable": "截止时刻读不出来",
    "draw_due": "抽签应该轮到别人",
    "draw_members": "抽签用的 seed_commitment、seed、beacon 和分配方式不符",
    "end_missing": "文件不完整，缺少末尾的签名行",
    "event_impossible": "这件事在这里不可能发生",
    "group_unknown": "计划里没有这个人群",
    "hash_wrong": "hash 和这一行的内容不符：这一行被改过",
    "instant_impossible": "没有这样的时刻",
    "line_too_long": "这一行太长",
    "not_canonical": "不是 RFC 8785 的规范写法",
    "not_json": "不是 JSON",
    "number_wrong": "序号 n 不连续",
    "offer_after_cut_off": "截止以后不能再给名额",
    "offer_due": "有空名额应先给候补第一位",
    "offer_out_of_turn": "没有轮到这个人",
    "order_no": "报名顺序号不连续",
    "plan_hash_wrong": "plan_sha256 和计划不符",
    "plan_impossible": "计划自相矛盾",
    "receipt_twice": "同一张凭证报了两次",
    "receipt_unknown": "这张凭证没有报过名",
    "release_too_early": "还没到放开预留名额的时间",
    "root_wrong": "root 不是最后一行的 hash",
    "row_differs": "同一张凭证的顺序号、人群或姓名前后不一",
    "seats_held": "名额比已经占用的还少",
    "seats_unreadable": "名额数读不出来",
    "seed_missing": "抽签没有公布 seed",
    "seed_wrong": "seed 和事先公布的 seed_commitment 不符",
    "signature_wrong": "签名不对，或者不是这套系统公布的密钥签的",
    "size_wrong": "size 不是条目数：有行被删或加",
    "state_differs": "按规则，结果不该是这样",
    "unsettled": "还有空名额该给候补的人，记录就断了",
    "wrong_shape": "缺少字段、多出字段或字段类型不对",
}
"""What is wrong, for each code of a fault."""


@click.group(short_help="核对录取记录。")
def queue() -> None:
    """核对录取记录：谁先谁后、名额给了谁。"""


@queue.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="公钥：skillhub-keys.json 或 PEM 文件；不写就用本系统公布的。",
)
@click.option("--json", "as_json", is_flag=True, help="用 JSON 打印。")
@click.pass_context
def verify(context: click.Context, file: Path, *, key_file: Path | None, as_json: bool) -> None:
    """只凭公布的录取记录重新推算谁被录取，指出第一处不对的行。"""
    if file.stat().st_size > LARGEST_FILE:
        raise Problem(f"{file} 太大，不是录取记录。")
    verdict = queue_log.verify(file.read_bytes(), _keys(key_file))
    if as_json:
        click.echo(json.dumps(_values(verdict), ensure_ascii=False))
    else:
        _tell(verdict)
    context.exit(EXIT[verdict.answer])


@queue.command("keys")
@click.option("--new", "is_new", is_flag=True, help="换一把新密钥，以后的记录用它签。")
def keys(*, is_new: bool) -> None:
    """打印录取记录的公钥（JSON），旧的一直保留。"""
    with inside.application():
        if is_new:
            allocation_keys.renew()
            allocation_keys.publish()
        click.echo(json.dumps(queue_log.keys_document(queries.public_keys()), indent=1))


def _keys(file: Path | None) -> tuple[PublicKey, ...]:
    """Read the keys that are trusted: those of a file, else those that this installation has published."""
    if file is None:
        file = allocation_keys.public_file(settings.read())
        if not file.exists():
            return ()
    try:
        text = file.read_text(encoding="utf-8")
        return queue_log.from_pem(text) if text.startswith("-----") else queue_log.from_document(text)
    except ValueError as error:
        raise click.UsageError(f"{file} 不是公钥文件（skillhub-keys.json 或 PEM）") from error


def _values(verdict: Verdict) -> dict[str, object]:
    fault = verdict.fault
    return {
        "valid": verdict.answer.value,
        "derived": verdict.derived.value,
        "signed": verdict.signed.value,
        "fault": asdict(fault) | {"text": WORDS[fault.code]} if fault else None,
        "batch": verdict.batch,
        "key_id": verdict.key_id,
        "seats": verdict.seats,
        "enrolled": list(verdict.enrolled),
        "waiting": list(verdict.waiting),
    }


def _tell(verdict: Verdict) -> None:
    if verdict.fault is not None:
        click.echo(_line(verdict.fault))
        return
    click.echo(
        f"班期 {verdict.batch}：名额{verdict.seats}个，录取{len(verdict.enrolled)}人，"
        f"候补{len(verdict.waiting)}人，重新推算的结果和记录一致。"
    )
    if verdict.signed is Answer.YES:
        click.echo(f"签名有效，密钥 {verdict.key_id}。")
    else:
        click.echo("没有公钥，签名没有核对。请用 --key 给出办理机构公布的公钥。")


def _line(fault: Fault) -> str:
    expected = f"（应为 {fault.detail}）" if fault.detail else ""
    return f"第{fault.line}行不对：{WORDS[fault.code]}{expected}。"
