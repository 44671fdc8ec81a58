"""A certificate on phones: in WeChat's browser, checked without a network, and a file that was edited."""

from __future__ import annotations

import io
import json
import signal
from dataclasses import dataclass
from pathlib import Path

import pikepdf
import pytest

from skillhub.accounts import cookies
from skillhub.accounts.queries import sign_ins
from skillhub.accounts.service import sign_in
from skillhub.app import create_app
from skillhub.base import clock
from skillhub.base.db import db, unit_of_work
from skillhub.config import Config
from skillhub.credentials import attachment, public, queries
from skillhub.credentials.queries import credentials
from skillhub.testing.factories.base import LUNAN, Persons, make_districts
from skillhub.testing.factories.credentials import PASSED, Classes, certificates
from skillhub.testing.pytest_plugin import DAY
from tests.credentials.served import served
from tests.journeys.browser import PHONE, Album, Person, album_folder
from tests.journeys.conftest import install

pytestmark = [pytest.mark.browser, pytest.mark.processes]
HOST = "demo.skillhub.example"
ROOT = Path(__file__).parents[2]
WECHAT = (
    "Mozilla/5.0 (Linux; Android 14; SM-A5560) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/126.0.6478.188 Mobile Safari/537.36 MicroMessenger/8.0.50.2701(0x28003253) Language/zh_CN"
)
KEPT = "navigator.serviceWorker.ready.then(() => caches.match('/verify/offline/keys.json')).then(Boolean)"
UNABLE = "crypto.subtle.importKey = () => Promise.reject(new DOMException('no', 'NotSupportedError'));"


@dataclass
class Stand:
    """An installation that serves, with one certificate, and what its holder has in hand."""

    installation: object
    server: object
    public_id: str
    name: str
    token: str
    cookie: str
    document: bytes
    code: str
    folder: Path

    def turn_off(self):
        """End the server; nobody answers at its address any more."""
        self.server.send_signal(signal.SIGTERM)
        self.server.wait()


def filled(folder, url, installation):
    """Put one certificate into an installation and return what its holder gets."""
    config = Config(
        profile="demo", data=str(folder), database_url=url, public_url=installation.base, issuer_host=HOST
    )
    app = create_app(config, inline_work=True)
    with app.app_context(), clock.frozen_at(DAY):
        make_districts()
        made = Classes(Persons(LUNAN)).marked(PASSED)
        (public_id,) = certificates(made)
        with unit_of_work() as unit:
            token = sign_in.start_in(unit, person_id=made.people[0].person_id, kind=sign_ins.PAGE).token
        signed = credentials.published(queries.certificate(public_id).id)
        public.write(folder / "public")
        cookie = cookies.name()
        db.session.remove()
        db.engine.dispose()
    return made.people[0].name, public_id, token, cookie, signed


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates") / "data"
    url = f"sqlite:///{folder / 'skillhub.sqlite'}"
    installation = install(folder, url)
    installation.environ["SKILLHUB_ISSUER_HOST"] = HOST
    name, public_id, token, cookie, signed = filled(folder, url, installation)
    server = installation.start("serve")
    installation.start("worker")
    installation.wait_until_ready()
    try:
        yield Stand(
            installation, server, public_id, name, token, cookie, signed.document, signed.compact, folder
        )
    finally:
        installation.end()


@pytest.fixture
def album():
    return Album(album_folder(ROOT, "certificates", ROOT / ".cache"))


@pytest.fixture
def visitor(chromium, stand):
    """Return a maker of people at 360 px who read Chinese."""
    came = []

    def come(who, album, *, base=None, is_holder=False, **more):
        person = Person(chromium, base or stand.installation.base, who, album, width=PHONE, **more)
        if is_holder:
            cookie = {"name": stand.cookie, "value": stand.token, "url": stand.installation.base}
            person.context.add_cookies([cookie])
        came.append(person)
        return person

    yield come
    for each in came:
        each.context.close()


def test_in_wechat_the_holder_gets_the_picture_to_press_and_keep(stand, visitor, album):
    holder = visitor("holder", album, is_holder=True, user_agent=WECHAT)

    holder.open(f"/certificates/{stand.public_id}")

    holder.sees("长按图片，就能保存到手机或者发给别人", "在浏览器打开")
    shown = holder.page.locator("img.paper")
    assert shown.evaluate("(image) => image.complete && image.naturalWidth > 1000")
    assert shown.bounding_box()["width"] <= PHONE
    picture = holder.context.request.get(stand.installation.base + shown.get_attribute("src"))
    assert (picture.status, picture.headers["content-type"]) == (200, "image/png")
    assert len(picture.body()) <= 300_000
    links = holder.page.locator("main a").evaluate_all("(all) => all.map((each) => each.href)")
    assert not [each for each in links if each.endswith((".pdf", "/credential"))]
    assert holder.trouble == []


def test_outside_wechat_the_holder_downloads_the_paper_with_the_credential(stand, visitor, album, tmp_path):
    holder = visitor("holder", album, is_holder=True, accept_downloads=True)

    holder.open(f"/certificates/{stand.public_id}")
    path = holder.download("下载证书（PDF）", tmp_path)

    assert attachment.taken_out(path.read_bytes()) == stand.document
    assert holder.trouble == []


def test_an_edited_file_is_refused_and_shows_nothing_of_itself(stand, visitor, album, tmp_path):
    genuine, edited = tmp_path / "genuine.json", tmp_path / "edited.json"
    genuine.write_bytes(stand.document)
    edited.write_text(stand.document.decode().replace(stand.name, "李改名"), encoding="utf-8")
    someone = visitor("employer", album)

    someone.open("/verify")
    someone.page.get_by_label("证书文件").set_input_files(genuine)
    someone.press("核验")
    someone.sees(stand.name, "签名和内容对得上")
    someone.follow("查另一个")
    someone.page.get_by_label("证书文件").set_input_files(edited)
    someone.press("核验")

    someone.sees("不要认这个文件", "内容被改过")
    assert "李改名" not in someone.page.content()
    assert stand.name not in someone.page.content()
    assert someone.trouble == []


def test_an_edited_attachment_of_a_paper_is_refused_too(stand, visitor, album, tmp_path):
    holder = visitor("holder", album, is_holder=True, accept_downloads=True)
    holder.open(f"/certificates/{stand.public_id}")
    path = holder.download("下载证书（PDF）", tmp_path)
    edited = stand.document.decode().replace('"82"', '"100"').encode()
    with pikepdf.open(io.BytesIO(path.read_bytes())) as found:
        found.attachments[attachment.NAME] = pikepdf.AttachedFileSpec(found, edited, filename=attachment.NAME)
        found.save(tmp_path / "edited.pdf")

    holder.open("/verify")
    holder.page.get_by_label("证书文件").set_input_files(tmp_path / "edited.pdf")
    holder.press("核验")

    holder.sees("不要认这个文件")
    assert stand.name not in holder.text


def checked(person, text):
    """Paste the text of a code, press, and return what is shown."""
    person.page.get_by_label("二维码里的文字").fill(text)
    person.page.get_by_role("button", name="核验").click()
    person.page.locator("[data-answer]:not([hidden])").wait_for()
    return person.page.locator("[data-answer]:not([hidden])").inner_text()


def other(text):
    """Return a code with one character of its payload changed."""
    return text[:60] + ("A" if text[60] != "A" else "B") + text[61:]


def test_from_the_public_folder_alone_a_code_is_checked_and_then_without_any_network(stand, visitor, album):
    with served(stand.folder / "public") as address:
        someone = visitor("employer", album, base=address)
        someone.open("/verify/offline/")
        assert stand.name in checked(someone, stand.code)
        someone.page.evaluate(KEPT)
    assert someone.trouble == []

    someone.page.goto(address + "/verify/offline/")  # nobody answers there any more
    shown = checked(someone, stand.code)

    assert stand.name in shown
    assert "没查到" in shown
    assert "家务服务" in shown
    assert "李改名" not in shown
    refused = checked(someone, other(stand.code))
    assert "不要认这张证书" in refused
    assert stand.name not in someone.page.locator("main").inner_text()
    someone.look()


def test_where_the_browser_cannot_check_the_page_says_so(stand, visitor, album):
    someone = visitor("employer", album)
    someone.context.add_init_script(UNABLE)

    someone.open("/verify/offline/")
    shown = checked(someone, stand.code)

    assert "这个浏览器不会核对这种签名" in shown
    assert stand.name not in shown


def test_a_code_of_another_host_is_not_judged(stand, visitor, album):
    keys = json.dumps({"host": "other.example", "keys": {}})
    someone = visitor("employer", album)
    someone.context.route(
        "**/keys.json", lambda route: route.fulfill(body=keys, content_type="application/json")
    )

    someone.open("/verify/offline/")

    assert "别的机构" in checked(someone, stand.code)


def test_who_was_at_the_verify_page_once_checks_there_with_our_server_off(stand, visitor, album):
    someone = visitor("employer", album)
    someone.open("/verify")
    someone.page.evaluate(KEPT)
    someone.page.wait_for_function("navigator.serviceWorker.controller !== null")
    stand.turn_off()

    someone.page.goto(f"{stand.installation.base}/verify/{stand.public_id}")
    shown = checked(someone, stand.code)

    assert someone.heading == "没有网络时核验"
    assert stand.name in shown
    assert "没查到" in shown
