"""`skillhub init`: the first run that is not the demonstration, and a further district later."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from skillhub.base import schema
from skillhub.base.errors import Invalid
from skillhub.base.problem import Problem
from skillhub.command import inside, ready, settings
from skillhub.config import Config, Profile
from skillhub.districts import divisions, queries
from skillhub.districts.divisions import Division
from skillhub.districts.errors import AlreadyFounded
from skillhub.districts.service import founding
from skillhub.districts.service.founding import OFFICERS, Founded, Plan, Somebody

ROLES = {"operator": "系统运维", "officer": "区工作人员"}
_NAMES = ("name", "city", "province")
_ASKED = {"name": "区的全称，比如 路南区", "city": "所属的市", "province": "所属的省或直辖市"}


@click.command(short_help="首次安装：区、系统运维、两位区工作人员、培训机构。")
@click.option("--district", help="六位区划代码。")
@click.option("--district-name", help="区的全称；自带名录里有的不用写。")
@click.option("--city", help="所属的市；自带名录里有的不用写。")
@click.option("--province", help="所属的省；自带名录里有的不用写。")
@click.option("--district-name-en", help="英文名；不写就用中文。")
@click.option("--district-phone", help="窗口电话。")
@click.option("--operator", nargs=2, metavar="姓名 手机号", help="系统运维。")
@click.option(
    "--officer", "officers", nargs=2, multiple=True, metavar="姓名 手机号", help="区工作人员，写两次。"
)
@click.option("--body", help="培训机构的名称，可以以后再登记。")
@click.option("--body-uscc", help="培训机构的统一社会信用代码。")
@click.option("--add", "is_further", is_flag=True, help="在已有的系统里再加一个区。")
@click.option("--json", "as_json", is_flag=True, help="结果用 JSON 打印。")
def init(*, is_further: bool, as_json: bool, **typed: Any) -> None:
    """首次安装：建数据目录、密钥和数据库，登记区、系统运维和两位区工作人员，打印一次性链接。

    缺的内容在终端里会逐项询问；不在终端里就全部用选项写明。
    """
    config = settings.read()
    prepare(config)
    with inside.application():
        if queries.districts() and not is_further:
            raise AlreadyFounded
        plan = _plan(typed, is_further=is_further)
        try:
            founded = founding.add(plan=plan) if is_further else founding.found(plan=plan)
        except Invalid as wrong:
            raise Problem(
                "；".join(f"{_field(each.field)}：{each.message}" for each in wrong.errors)
            ) from wrong
    _print(config, founded, as_json=as_json)


def prepare(config: Config) -> None:
    """Make folder, keys and database where there are none, and say so; keys that exist are kept.

    :raises skillhub.base.seal.KeyProblem: there is a database, but its keys are missing.
    """
    ready.data_folder(config)
    is_new = not ready.has_database(config) or schema.state(config.database) is schema.State.EMPTY
    if is_new:
        ready.make_keys(config)
        click.echo(f"密钥：{config.keys_folder}（请马上备份，丢了就打不开证件号码和手机号）", err=True)
    if is_new or schema.state(config.database) is schema.State.BEHIND:
        schema.upgrade(config.database)
        click.echo("数据库：已建好并升级到最新" if is_new else "数据库：已升级到最新", err=True)


def _plan(typed: dict[str, Any], *, is_further: bool) -> Plan:
    missing: list[str] = []
    district = _district(typed, missing)
    operator = None if is_further else _somebody(typed["operator"], "--operator", "系统运维", missing)
    officers = [Somebody(*each) for each in typed["officers"]]
    while len(officers) < OFFICERS:
        number = len(officers) + 1
        one = _somebody(None, f"--officer（第{number}位）", f"第{number}位区工作人员", missing)
        officers.append(one or Somebody("", ""))
    body = typed["body"]
    if body is None and sys.stdin.isatty() and not is_further:
        body = click.prompt("培训机构的名称（可以留空，以后再登记）", default="", show_default=False) or None
    if missing or district is None:
        raise click.UsageError(f"缺少 {'、'.join(missing)}。")
    return Plan(
        district=district,
        officers=officers,
        operator=operator,
        body=body,
        body_uscc=typed["body_uscc"],
        phone=typed["district_phone"],
    )


def _district(typed: dict[str, Any], missing: list[str]) -> Division | None:
    code = typed["district"] or _asked("六位区划代码，比如 130202", "--district", missing)
    if code is None:
        return None
    if not divisions.CODE.fullmatch(code):
        raise click.UsageError(f"--district {code}：区划代码是6位数字，比如 130202。")
    known = divisions.division(code)
    said = {"name": typed["district_name"], "city": typed["city"], "province": typed["province"]}
    if known is None:
        for each in _NAMES:
            option = "--district-name" if each == "name" else f"--{each}"
            said[each] = said[each] or _asked(_ASKED[each], option, missing)
    name = said["name"] or (known.name if known else "")
    short = known.short_name if known and not said["name"] else name.removesuffix("区").removesuffix("县")
    return Division(
        code=code,
        name=name,
        short_name=short or name,
        name_en=typed["district_name_en"] or (known.name_en if known else name),
        city=said["city"] or (known.city if known else ""),
        province=said["province"] or (known.province if known else ""),
    )


def _somebody(given: tuple[str, str] | None, option: str, who: str, missing: list[str]) -> Somebody | None:
    if given is not None:
        return Somebody(*given)
    name = _asked(f"{who}的姓名", option, missing)
    return None if name is None else Somebody(name, str(click.prompt(f"{who}的手机号")))


def _asked(question: str, option: str, missing: list[str]) -> str | None:
    """Ask at a terminal; elsewhere note what is missing, to say all of it at once."""
    if sys.stdin.isatty():
        return str(click.prompt(question)).strip()
    missing.append(option)
    return None


def _field(name: str) -> str:
    return (
        f"第{name[-1]}位区工作人员"
        if name.startswith("officer_")
        else {"operator": "系统运维"}.get(name, name)
    )


def _print(config: Config, founded: Founded, *, as_json: bool) -> None:
    base = config.public_url.rstrip("/")
    links = [
        {
            "role": each.role.value,
            "name": each.name,
            "person": each.person,
            "invitation": each.handle,
            "link": f"{base}/invitations/{each.token}",
            "expires_at": each.expires_at.isoformat(timespec="seconds"),
        }
        for each in founded.links
    ]
    if as_json:
        made = {"district": founded.district, "training_body": founded.body, "links": links}
        click.echo(json.dumps(made, ensure_ascii=False))
    else:
        _print_words(founded, links)
    if config.profile == Profile.PRODUCTION and not config.is_https:
        click.echo("提醒：SKILLHUB_PUBLIC_URL 还是本机地址，别人打不开上面的链接。", err=True)


def _print_words(founded: Founded, links: list[dict[str, str]]) -> None:
    click.echo(f"区：{founded.district}")
    if founded.body:
        click.echo(f"培训机构：{founded.body}")
    for each in links:
        click.echo(f"{ROLES[each['role']]}　{each['name']}　{each['person']}\n  {each['link']}")
    click.echo("链接只显示这一次，72小时内有效，用一次就失效；打开后要填登记的手机号。")
    click.echo(
        "补发：skillhub invitations create --person 编号。接着运行：skillhub serve 和 skillhub worker。"
    )
