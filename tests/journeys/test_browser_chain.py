"""The chain from the employer's order to payment, walked by five persons through pages alone."""

import json
import re
from pathlib import Path

import pypdf
import pytest

from skillhub.testing.pytest_plugin import fresh_postgresql
from tests.journeys.browser import DESK, PHONE, Album, Person, album_folder
from tests.journeys.conftest import install

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ROOT = Path(__file__).parents[2]
LUNAN = "130202"
COURSE = "家政服务订单班"
DAYS = ("2025-11-13", "2025-11-14", "2025-11-15")
LESSONS = [(day, starts, ends) for day in DAYS for starts, ends in (("09:00", "12:00"), ("14:00", "17:00"))]
THEORY = 2
FACTS = ("姓名", "证书序列号", "培训项目名称", "培训班次", "培训课时", "起止日期", "发证日期", "机构名称")
IN_ANY_LANGUAGE = ("姓名", "证书序列号", "培训项目名称", "机构名称")
"""The paper is Chinese whoever reads the page; an English reader's dates stand there otherwise."""
TRAINEE = -1  # the last of Lunan's is a spare person who is in no class


READERS = {"zh": "sqlite", "en": "postgresql"}
"""Chinese is read on SQLite, English on PostgreSQL: each journey once, on other ground."""


@pytest.fixture(scope="module", params=READERS)
def language(request):
    return request.param


@pytest.fixture(scope="module")
def installation(tmp_path_factory, language, request):
    folder = tmp_path_factory.mktemp("browser-chain")
    if READERS[language] == "sqlite":
        url = f"sqlite:///{folder / 'data' / 'skillhub.sqlite'}"
    else:
        url = fresh_postgresql(request.getfixturevalue("postgresql_url"))
    made = install(folder / "data", url)
    made.start("serve")
    made.start("worker")
    try:
        made.command("demo")
        made.wait_until_ready()
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def sign_ins(installation):
    found = {}
    for each in installation.json("demo", "--json")["sign_ins"]:
        if each["district"] in (LUNAN, None):
            found.setdefault(each["role"], []).append(each)
    return found


@pytest.fixture
def persons(chromium, installation, language):
    """Return a way to let somebody come with a browser of their own; none may have met trouble."""
    came = []

    def come(who, album, *, width):
        came.append(Person(chromium, installation.base, who, album, width=width, language=language))
        return came[-1]

    yield come
    for each in came:
        each.close()


def at(installation, moment):
    installation.command("clock", "set", f"{moment}:00+08:00")


def order_by(employer):
    employer.follow("要培训好的人")
    employer.choose("想要的课程", COURSE)
    employer.fill("要培训几个人", "2")
    employer.fill("承诺录用几个人", "1")
    employer.fill("要会做什么", "家务服务、客户沟通")
    employer.fill("报酬（元）", "180")
    employer.tick("每天")
    employer.fill("希望哪天到岗", "2025-11-17")
    employer.press("提交订单")
    employer.sees("订单已提交", "待审核")
    return employer.page.locator("main .code").first.inner_text()


def approve(officer, order):
    officer.menu("订单")
    officer.follow("核准", row=order)
    officer.fill("哪天去看的", "2025-11-10")
    officer.fill("看到的情况", "岗位属实，报酬当天结清。")
    officer.press("保存探岗")
    officer.tick("核准")
    officer.fill("给用人单位看的原因", "真实用工")
    officer.press("提交决定")
    officer.sees("已核准")


def file_batch(school, order):
    school.follow("申报新班")
    school.choose("为哪个订单开班", order)
    school.choose("课程", COURSE)
    school.choose("老师", "虚构教师09")
    school.fill("名额", "2")
    school.fill("报名开始", "2025-11-10T11:00")
    school.fill("报名结束", "2025-11-12T18:00")
    school.fill("上课地点", "家政实训室")
    school.fill("地址", "友谊街道（虚构）")
    for number, (day, starts, ends) in enumerate(LESSONS, 1):
        school.fill(f"第{number}次日期", day)
        school.fill(f"第{number}次上课", starts)
        school.fill(f"第{number}次下课", ends)
        school.choose(f"第{number}次内容", "理论" if number <= THEORY else "实操")
    school.press("提交开班申请")
    school.sees("等待核准", "课程要求24课时，排了24课时")
    return school.page.locator("main .code").first.inner_text()


def publish(officer, batch):
    officer.menu("班期")
    officer.follow("核准", row=batch)
    officer.sees("能核对的都一致")
    officer.press("核准并公布")
    officer.sees("已公布")


def code_sent(installation, phone):
    """Return the code that was sent to a phone last, among all that was written to it."""
    lines = installation.command("outbox", "--phone", phone, "--json").stdout.splitlines()
    return [each["code"] for each in map(json.loads, lines) if each.get("code")][-1]


def enter(trainee, installation, signed, batch):
    """Scan the poster, sign in by a code, wait for the opening, tap once."""
    trainee.open(f"/batches/{batch}")
    trainee.follow("先登录，到点再报名")
    trainee.fill("手机号", signed["phone"])
    trainee.press("获取短信验证码")
    trainee.fill("短信验证码", code_sent(installation, signed["phone"]))
    trainee.press("登录")
    assert trainee.page.url.endswith(f"/batches/{batch}")
    trainee.sees("开始后点一下“报名”就行")
    trainee.follow("看看能补多少")
    trainee.sees("示例，非官方标准", "还缺什么", "路南示例规则 第12条")
    trainee.follow("回到这个班")
    at(installation, "2025-11-10T11:00")
    trainee.again()
    trainee.press("报名")
    trainee.sees("已录取", batch, "第1个收到")


def teach(trainer, installation, signed, batch):
    """Take the attendance of each day's two sessions, then the marks."""
    for day in DAYS:
        at(installation, f"{day}T17:05")
        if day == DAYS[0]:
            trainer.sign_in(signed)
        for lesson in ("上午9:00", "下午2:00"):
            trainer.menu("首页")
            trainer.follow("点名册", row=lesson)
            trainer.press("保存考勤")
            trainer.sees("考勤已保存", "已登记，可更正")
    trainer.menu("班期")
    trainer.follow(COURSE, row=batch)
    trainer.follow("成绩", exact=True)
    trainer.fill("理论", "86")
    trainer.fill("实操", "92")
    trainer.press("保存成绩")
    trainer.sees("合格")


def issue(school, batch):
    """Close the class, issue its certificates, wait in front of the progress."""
    school.menu("班期")
    school.follow(COURSE, row=batch)
    school.press("结束这个班")
    school.follow("证书", exact=True)
    school.press("给勾选的人发证")
    school.watch_until("发证：")
    school.sees("已发1张", "有效")


def take_certificate(trainee, folder):
    """Download the paper; return the facts of the page and the text of the file."""
    trainee.menu("首页")
    trainee.follow("出示证书")
    facts = {label: trainee.fact(label) for label in FACTS}
    path = trainee.download("下载证书（PDF）", folder)
    with pypdf.PdfReader(path) as reader:
        text = "".join(page.extract_text() for page in reader.pages)
    trainee.follow("打开核验页")
    trainee.sees("有效", facts["证书序列号"])
    return facts, re.sub(r"\s", "", text)


def hire(employer, order, name):
    employer.menu("首页")
    employer.follow("确认上岗", row=order)
    employer.choose("谁来上岗", name)
    employer.fill("第一天", "2025-11-17")
    employer.fill("最后一天", "2025-12-20")
    employer.fill("报酬合计（元）", "6120")
    employer.fill("凭证", "劳动合同、工资单")
    employer.press("记录上岗")
    employer.sees("已记录上岗", name)


def rate(employer, name):
    employer.menu("用工")
    employer.follow("去评星", row=name)
    employer.tick("5星　很好")
    employer.fill("想说的话", "干活细致，客户满意。")
    employer.press("提交评星")
    employer.sees("评分已记入信用账本")


def claim(school, officer, batch):
    """The school makes and hands in the claim, the officer approves and pays."""
    school.menu("首页")
    school.follow("申请补贴", row=batch)
    school.press("按规则算出申请")
    school.press("提交给区里审核")
    officer.menu("补贴")
    officer.follow(COURSE, row=batch)
    officer.press("核准并公示")
    officer.press("登记已付款")


def test_an_opening_happens_in_front_of_you(persons, installation, language, tmp_path):
    passer_by = persons("passer-by", Album(album_folder(ROOT, f"opening-{language}", tmp_path)), width=PHONE)
    passer_by.open("/batches/LN-40")
    passer_by.finds("先登录，到点再报名")

    installation.command("clock", "advance", "PT10M")
    passer_by.again()

    passer_by.finds("登录后报名")


def test_a_poster_leads_to_the_receipt_in_two_taps_after_the_sign_in(
    persons, installation, sign_ins, language, tmp_path
):
    album = Album(album_folder(ROOT, f"poster-{language}", tmp_path))
    installation.command("clock", "advance", "PT10M")
    trainee = persons("trainee", album, width=PHONE)
    trainee.open("/batches/LN-40/poster")
    address = trainee.page.locator("main .code").inner_text()
    trainee.open(address.removeprefix(installation.base))
    trainee.follow("登录后报名")
    trainee.fill("手机号", sign_ins["trainee"][TRAINEE]["phone"])
    trainee.fill("密码", sign_ins["trainee"][TRAINEE]["password"])
    trainee.press("用密码登录")

    taps = trainee.count_taps()
    trainee.press("报名")

    assert 1 <= taps() <= 2
    assert re.fullmatch(r".*/applications/[\w-]{20,}", trainee.page.url)
    assert trainee.fact("回执号") in trainee.page.url
    trainee.sees("接下来会怎样")
    trainee.follow("退出报名")  # and is free for another class
    trainee.press("退出报名")


def test_five_persons_walk_the_chain_through_pages_alone(persons, installation, sign_ins, language, tmp_path):
    album = Album(album_folder(ROOT, f"chain-{language}", tmp_path))
    employer = persons("employer", album, width=DESK)
    employer.sign_in(sign_ins["employer"][0])
    order = order_by(employer)
    officer = persons("officer", album, width=DESK)
    officer.sign_in(sign_ins["officer"][0])
    approve(officer, order)
    school = persons("school", album, width=DESK)
    school.sign_in(sign_ins["school"][0])
    batch = file_batch(school, order)
    publish(officer, batch)
    trainee = persons("trainee", album, width=PHONE)
    enter(trainee, installation, sign_ins["trainee"][TRAINEE], batch)
    trainer = persons("trainer", album, width=PHONE)
    teach(trainer, installation, sign_ins["trainer"][0], batch)
    issue(school, batch)

    facts, paper = take_certificate(trainee, tmp_path)
    hire(employer, order, facts["姓名"])
    at(installation, "2025-12-22T09:00")
    rate(employer, facts["姓名"])
    trainee.menu("首页")
    trainee.follow("看评分和账本")
    claim(school, officer, batch)
    employer.menu("订单")
    employer.follow(COURSE, row=order)

    for label in IN_ANY_LANGUAGE if language == "en" else (*IN_ANY_LANGUAGE, "起止日期", "发证日期"):
        assert facts[label].replace(" ", "") in paper, f"{label}: {facts[label]} is not in {paper}"
    assert (facts["培训项目名称"], facts["培训班次"]) == (COURSE, batch)
    assert (
        facts["起止日期"]
        == {
            "zh": "2025年11月13日至2025年11月15日",
            "en": "13 November 2025 to 15 November 2025",
        }[language]
    )
    assert facts["培训课时"].startswith("24") and "24课时" in paper
    trainee.sees("5.0星", "共1次评分", "+5")
    officer.sees("780.00", "路南示例规则 第12条", "480.00", "路南示例规则 第13条", "300.00")
    if language == "zh":
        officer.sees("柒佰捌拾元整")
    officer.sees("已付款", "示例，非官方标准")
    assert figures(employer) == (2, 1, 1, 1, 1)
    employer.sees("50.0%", "100.0%")


def figures(person):
    """Return the numbers of an order's page, from those asked for to those at work."""
    shown = person.page.locator(".counts li").all_inner_texts()
    return tuple(int(each.split()[0]) for each in shown)


def test_each_figure_of_o_ln_01_lists_its_people(persons, sign_ins, language, tmp_path):
    officer = persons("officer", Album(album_folder(ROOT, f"order-{language}", tmp_path)), width=DESK)
    officer.sign_in(sign_ins["officer"][0])
    officer.follow("路南凯达餐饮有限公司", row="O-LN-01")

    assert figures(officer) == (30, 28, 27, 25, 18)
    officer.sees("93.3%", "89.3%", "72.0%")
    for word, count in {"报上名": 28, "来上课": 27, "拿到证": 25, "上了岗": 18}.items():
        officer.follow(word)
        assert officer.page.locator("#people ~ table").first.locator("tbody tr").count() == count, word
