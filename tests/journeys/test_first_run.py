"""The first run that is no demonstration: from an empty folder to a first course, batch and enrolment."""

import re
from pathlib import Path

import pytest

from skillhub.testing.factories.base import id_number
from tests.journeys.browser import DESK, PHONE, Album, Person, album_folder
from tests.journeys.conftest import DAY, prepared

pytestmark = [pytest.mark.browser, pytest.mark.processes]

ROOT = Path(__file__).parents[2]
CHOSEN = "秋天的梧桐叶落了一地"
OFFICERS = (("罗示甲", "19900008201"), ("罗示乙", "19900008202"))
SCHOOL, TRAINER, TRAINEE = ("钱示校", "19900008203"), ("孙示教", "19900008204"), ("李示学", "19900008205")
BODY, COURSE = "路南示例培训学校（虚构）", "家务入门"
DAYS = ("2025-11-13", "2025-11-14")
SITES = """\
路南区站点名录（虚构）,,,,
编号,站点名称,种类,上级,地址
S-1-2,示例驿站二,零工驿站,示例中心,友谊街道2号
S-1-1,示例驿站一,零工驿站,示例中心,友谊街道1号
S-1,示例中心,服务中心,示例市场,万达广场
S-0,示例市场,零工市场,,创新里
"""
LIST = """\
示例班学员花名册（虚构）,,,
姓名,公民身份号码,联系电话,培训意向
{name},{number},{phone},家务服务
周 㛃,{other},199 0000 8206,家务服务
王*芳,{third},19900008207,家务服务
填表人：虚构,,,
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first-run")
    made = prepared(folder / "data", f"sqlite:///{folder / 'data' / 'skillhub.sqlite'}", profile="test")
    yield made
    made.end()


@pytest.fixture
def persons(chromium, installation):
    """Return a way to let somebody come with a browser of their own; none may have met trouble."""
    came = []

    def come(who, album, *, width):
        came.append(Person(chromium, installation.base, who, album, width=width))
        return came[-1]

    yield come
    for each in came:
        each.close()


def redeem(person, link, phone):
    person.open(link.removeprefix(person.base))
    person.fill("您的手机号", phone)
    person.fill("设一个密码", CHOSEN)
    person.press("设好密码，进入系统")
    person.sees("密码设好了")


def invite(officer, who, role):
    officer.menu("待办")
    officer.follow("请人来用")
    officer.fill("姓名", who[0])
    officer.fill("手机号", who[1])
    officer.choose("请他做什么", role)
    officer.choose("单位", BODY)
    officer.press("做链接")
    officer.sees("只显示这一次", who[0])
    return officer.page.locator("p.code").inner_text()


def register_organisations(officer):
    officer.follow("登记培训机构和用人单位")
    officer.fill("名称", BODY)
    officer.press("登记单位")
    officer.sees(BODY, "B-130202-0001")
    officer.tick("用人单位")
    officer.fill("名称", "路南示例餐饮（虚构）")
    officer.press("登记单位")
    officer.sees("E-130202-0001")


def hand_in(officer, kind, name, content):
    officer.menu("待办")
    officer.follow("从文件导入")
    officer.tick(kind)
    officer.page.get_by_label("选文件").set_input_files(
        files=[{"name": name, "mimeType": "text/csv", "buffer": content}]
    )
    officer.press("上传并核对")


def import_lists(officer, tmp_path):
    hand_in(officer, "站点名录", "站点.csv", SITES.encode("utf-8-sig"))
    officer.sees("核对好了", "可以导入")
    officer.press("导入")
    officer.sees("已导入", "写入了4行")
    numbers = [id_number(serial, born="19800512") for serial in (996, 997, 998)]
    text = LIST.format(
        name=TRAINEE[0], number=numbers[0], phone=TRAINEE[1], other=numbers[1], third=numbers[2]
    )
    hand_in(officer, "求职者名册", "花名册.csv", text.encode("gb18030"))
    officer.sees("不能导入", "姓名里有遮挡的字", "整理了：姓名或名称、电话")
    report = officer.download("下载每一行的结果", tmp_path).read_text(encoding="utf-8-sig")
    officer.tick("跳过不能导入的行，其余的照样导入")
    officer.press("导入")
    officer.sees("写入了2行")
    return report


def first_course(school):
    school.follow("登记新课程")
    school.fill("课程名称", COURSE)
    school.fill("工种", "家政")
    school.fill("理论课时", "4")
    school.fill("实操课时", "4")
    school.press("登记课程")
    school.menu("首页")
    school.follow("申报新班")
    school.choose("课程", COURSE)
    school.choose("老师", TRAINER[0])
    school.fill("名额", "5")
    school.fill("报名开始", "2025-11-10T09:30")
    school.fill("报名结束", "2025-11-12T18:00")
    school.fill("上课地点", "示例实训室")
    school.fill("地址", "友谊街道（虚构）")
    for number, (day, part) in enumerate(zip(DAYS, ("理论", "实操"), strict=True), 1):
        school.fill(f"第{number}次日期", day)
        school.fill(f"第{number}次上课", "09:00")
        school.fill(f"第{number}次下课", "12:00")
        school.choose(f"第{number}次内容", part)
    school.press("提交开班申请")
    school.sees("等待核准")
    return school.page.locator("main .code").first.inner_text()


def publish(officer, batch):
    officer.menu("班期")
    officer.follow("核准", row=batch)
    officer.press("核准并公布")
    officer.sees("已公布")


def enrol(trainee, installation, batch):
    trainee.open("/sign-in")
    trainee.fill("手机号", TRAINEE[1])
    trainee.press("获取短信验证码")
    sent = installation.json("outbox", "--phone", TRAINEE[1], "--json")
    trainee.fill("短信验证码", sent["code"])
    trainee.press("登录")
    installation.command("clock", "set", "2025-11-10T10:00:00+08:00")
    trainee.open(f"/batches/{batch}")
    trainee.press("报名")
    trainee.sees("已录取", batch)


def test_an_empty_folder_becomes_a_district_that_teaches(installation, persons, tmp_path):
    names = ["--operator", "吴示维", "19900008200"]
    for name, phone in OFFICERS:
        names += ["--officer", name, phone]
    founded = installation.json("init", "--district", "130202", *names, "--json")
    installation.command("clock", "set", DAY)
    installation.start("serve")
    installation.start("worker")
    installation.wait_until_ready()
    links = {each["name"]: each["link"] for each in founded["links"]}
    assert [each["role"] for each in founded["links"]] == ["operator", "officer", "officer"]

    album = Album(album_folder(ROOT, "first-run", tmp_path))
    officer = persons("officer", album, width=DESK)
    redeem(officer, links[OFFICERS[0][0]], OFFICERS[0][1])
    officer.sees("刚开始用，先做这几件事")
    second = persons("second", album, width=PHONE)
    redeem(second, links[OFFICERS[1][0]], OFFICERS[1][1])

    register_organisations(officer)
    school_link, trainer_link = invite(officer, SCHOOL, "培训机构"), invite(officer, TRAINER, "教师")
    report = import_lists(officer, tmp_path)
    assert re.search(r"^5,王\*芳,refuse,", report, re.MULTILINE)
    school = persons("school", album, width=DESK)
    redeem(school, school_link, SCHOOL[1])
    redeem(persons("trainer", album, width=PHONE), trainer_link, TRAINER[1])

    batch = first_course(school)
    publish(officer, batch)
    enrol(persons("trainee", album, width=PHONE), installation, batch)

    officer.open("/office/people-roles")
    officer.sees(SCHOOL[0], TRAINER[0], OFFICERS[1][0])
    refused = installation.command("init", "--district", "130202", *names, must=False)
    assert refused.returncode == 1 and "已经有区县" in refused.stderr
    officer.open("/sites?district=130202")
    officer.sees("示例驿站一", "示例市场")
