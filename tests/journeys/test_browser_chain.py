"""The chain from the employer's order to payment, walked by five persons through pages alone."""

import re
from pathlib import Path

import pypdf
import pytest

from tests.journeys.browser import DESK, PHONE, Album, Person, album_folder
from tests.journeys.conftest import install

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ROOT = Path(__file__).parents[2]
COURSE = "家政服务订单班"
DAYS = ("2025-11-13", "2025-11-14", "2025-11-15")
LESSONS = [(day, starts, ends) for day in DAYS for starts, ends in (("09:00", "12:00"), ("14:00", "17:00"))]
THEORY = 2
TRAINEE = -1  # the last of the sign-ins is a spare person who is in no class


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser-chain")
    made = install(folder / "data", f"sqlite:///{folder / 'data' / 'skillhub.sqlite'}")
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
        found.setdefault(each["role"], []).append(each)
    return found


@pytest.fixture(scope="module")
def persons(chromium, installation):
    """Return a way to let somebody come with a browser of their own; none may have met trouble."""
    came = []

    def come(who, album, *, width):
        came.append(Person(chromium, installation.base, who, album, width=width))
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
    employer.sees("订单已提交", "待审核", "等工作人员来看岗位")
    return re.search(r"编号([\w-]+)", employer.text)[1]


def approve(officer, order):
    officer.menu("订单")
    officer.follow("记录探岗", row=order)
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


def enter(trainee, installation, signed, batch):
    """Scan the poster, sign in by a code, wait for the opening, tap once."""
    trainee.open(f"/batches/{batch}")
    trainee.follow("先登录，到点再报名")
    trainee.fill("手机号", signed["phone"])
    trainee.press("获取短信验证码")
    sent = installation.json("outbox", "--phone", signed["phone"], "--json")
    trainee.fill("短信验证码", sent["code"])
    trainee.press("登录")
    assert trainee.page.url.endswith(f"/batches/{batch}")
    trainee.sees("开始后点一下“报名”就行")
    at(installation, "2025-11-10T11:00")
    trainee.again()
    trainee.press("报名")
    trainee.sees("报名成功", batch, "第1个收到")


def teach(trainer, installation, signed, batch):
    """Take the attendance of each session after it, then the marks."""
    for day in DAYS:
        at(installation, f"{day}T17:05")
        if day == DAYS[0]:
            trainer.sign_in(signed)
        trainer.menu("班期")
        trainer.follow(COURSE, row=batch)
        for starts in ("上午9:00", "下午2:00"):
            trainer.follow("点名", row=starts)


def hire(employer, installation, order):
    employer.menu("首页")
    employer.follow("确认上岗", row=order)


def test_five_persons_walk_the_chain_through_pages_alone(persons, installation, sign_ins, tmp_path):
    album = Album(album_folder(ROOT, "chain", tmp_path))
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
