"""A real browser for journeys: Chromium with our font, persons who click, and what every page must keep."""

import os
import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from skillhub.credentials import fonts
from tests.journeys import words

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = "apt-get install -y chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PHONE = 360
DESK = 1280
HEIGHT = 780
WAIT_MS = 20_000
SLOW_MS = 60_000
RESIDENT_ID = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{9}[\dXx](?![0-9A-Za-z])")

# Debian's Chromium brings no Chinese face: pictures show boxes unless it is told where ours is.
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="strong">
    <family>Noto Sans SC</family>
    <prefer><family>SkillHub Sans SC</family></prefer>
  </alias>
  <alias>
    <family>sans-serif</family>
    <prefer><family>SkillHub Sans SC</family></prefer>
  </alias>
  <alias>
    <family>monospace</family>
    <prefer><family>DejaVu Sans Mono</family><family>SkillHub Sans SC</family></prefer>
  </alias>
</fontconfig>
"""

# Returns the faults of the page as it is shown, in words.
FAULTS = """() => {
  const faults = [];
  const shown = (one) => one.getClientRects().length > 0;
  const text = (one) => (one.textContent || "").trim();
  const named = (one) => one.getAttribute("aria-label")
    || (one.getAttribute("aria-labelledby") || "").split(" ")
      .map((id) => document.getElementById(id)?.textContent || "").join("").trim();
  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) faults.push(`${headings} h1`);
  if (!/^(zh-Hans|en)$/.test(document.documentElement.lang)) faults.push("no lang");
  if (!document.title.trim()) faults.push("no title");
  for (const one of document.querySelectorAll("input, select, textarea")) {
    if (one.type === "hidden") continue;
    const labelled = [...(one.labels || [])].some(text) || named(one);
    if (!labelled) faults.push(`no label: ${one.name || one.outerHTML}`);
  }
  for (const one of document.querySelectorAll("a[href], button")) {
    if (!text(one) && !named(one)) faults.push(`no words: ${one.outerHTML}`);
    const isButton = one.matches(".btn, button") && !one.matches(".off") && shown(one);
    if (isButton && one.getBoundingClientRect().height < 44) faults.push(`small target: ${text(one)}`);
  }
  for (const one of document.querySelectorAll("th:not([scope])")) faults.push(`no scope: ${text(one)}`);
  for (const one of document.querySelectorAll("[style], script:not([src])")) {
    faults.push(`inline: ${one.outerHTML}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) faults.push(`two of id ${id}`);
  return faults;
}"""
COUNTS_TAPS = "addEventListener('click', () => { sessionStorage.taps = +sessionStorage.taps + 1 }, true)"
TALL = "() => document.scrollingElement.scrollHeight"
WIDTH = "() => [document.scrollingElement.scrollWidth, window.innerWidth]"


def executable():
    """Return the path of Chromium, None where there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


@contextmanager
def launched(path, folder):
    """Start the browser with a font configuration that knows our face."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "fonts.conf"
    settings.write_text(
        FONTS_CONF.format(fonts=fonts.ensure().regular.parent, cache=folder / "cache"), encoding="utf-8"
    )
    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=path, args=list(ARGUMENTS), env={**os.environ, "FONTCONFIG_FILE": str(settings)}
        )
        try:
            yield running
        finally:
            running.close()


class Album:
    """The pictures of one journey, numbered in the order in which they were taken."""

    def __init__(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder = folder
        self.count = 0

    def take(self, page, who, what):
        """Keep a picture of the whole page, in a window so tall that what sticks is at its place."""
        self.count += 1
        name = re.sub(r"[^\w]+", "-", what).strip("-")[:40]
        width = page.viewport_size["width"]
        page.set_viewport_size({"width": width, "height": max(HEIGHT, page.evaluate(TALL))})
        page.screenshot(path=self.folder / f"{self.count:02d}-{who}-{name}.png")
        page.set_viewport_size({"width": width, "height": HEIGHT})


class Person:
    """Somebody with a browser of their own, who goes where a link or a button leads.

    Words are given in Chinese; who reads English finds what the catalogue says for them.
    """

    def __init__(self, chromium, base, who, album, *, width, language="zh", **more):
        self.base = base
        self.who = who
        self.language = language
        self.album = album
        self.width = width
        self.trouble = []
        self.context = chromium.new_context(
            viewport={"width": width, "height": HEIGHT},
            locale={"zh": "zh-CN", "en": "en-GB"}[language],
            timezone_id="Asia/Shanghai",
            has_touch=width == PHONE,
            **more,
        )
        self.context.set_default_timeout(WAIT_MS)
        self.page = self.context.new_page()
        self.page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("request", self._request)
        self.page.on("response", lambda got: self._note(f"{got.status}") if got.status >= 400 else None)

    def _note(self, what):
        self.trouble.append(f"{self.who} {self.page.url}: {what}")

    def _request(self, asked):
        if not asked.url.startswith(self.base):
            self._note(f"asks elsewhere: {asked.url}")

    def close(self):
        self.context.close()
        assert self.trouble == [], self.trouble

    def said(self, text, *, exact=False):
        """What stands for a Chinese text on this person's pages."""
        return words.said(text, self.language, exact=exact)

    # Ways to a page

    def open(self, path):
        """Type an address: the start page, or what a poster prints."""
        self.page.goto(self.base + path)
        self.look()

    def again(self):
        self.page.reload()
        self.look()

    def follow(self, name, *, row=None, exact=False):
        place = self.page.get_by_role("row").filter(has_text=self.said(row)) if row else self.page
        self._click(place.get_by_role("link", name=self.said(name, exact=exact), exact=exact).first)

    def menu(self, name):
        """Choose an entry of the sign on a desk, of the tabs on a phone."""
        entry = self.said(name, exact=True)
        self._click(self.page.get_by_role("navigation").get_by_role("link", name=entry, exact=True))

    def press(self, name):
        self._click(self.page.get_by_role("button", name=self.said(name, exact=True), exact=True))

    def _click(self, locator):
        with self.page.expect_navigation():
            locator.click()
        self.look()

    def count_taps(self):
        """Count from now on what is really tapped or clicked; return how to ask for the number."""
        self.page.evaluate("sessionStorage.taps = 0")
        self.page.evaluate(COUNTS_TAPS)
        self.page.add_init_script(COUNTS_TAPS)
        return lambda: int(self.page.evaluate("sessionStorage.taps"))

    def watch_until(self, heading):
        """Wait in front of a page that turns by itself until its heading says so."""
        self.page.get_by_role("heading", level=1, name=self.said(heading)).wait_for(timeout=SLOW_MS)
        self.look()

    def download(self, name, folder):
        """Press a link that hands out a file; return where it was kept."""
        with self.page.expect_download() as coming:
            self.page.get_by_role("link", name=self.said(name)).first.click()
        path = folder / coming.value.suggested_filename
        coming.value.save_as(path)
        return path

    def leave(self):
        self.press("退出登录")

    # What is on a page

    def look(self):
        """Find the page in order, in one's own width and on a phone, and keep a picture."""
        try:
            self.page.wait_for_load_state("load")
            self._check()
        except Error:  # a page that turns by itself has turned meanwhile
            self.page.wait_for_load_state("load")
            self._check()

    def _check(self):
        where = f"{self.who} {self.page.url}"
        faults = self.page.evaluate(FAULTS)
        assert faults == [], where
        self.album.take(self.page, self.who, self.heading)
        for width in {self.width, PHONE}:
            self._resize(width)
            needed, there = self.page.evaluate(WIDTH)
            if needed > there:
                self.album.take(self.page, self.who, f"too wide {self.heading}")
            assert needed <= there, f"{where}: {needed} px wide at {width} px"
        self._resize(self.width)
        assert RESIDENT_ID.findall(self.page.content()) == [], where
        assert self.trouble == [], self.trouble

    def _resize(self, width):
        if self.page.viewport_size["width"] != width:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})

    @property
    def heading(self):
        return self.page.locator("h1").inner_text()

    @property
    def text(self):
        return self.page.locator("main").inner_text()

    def sees(self, *texts):
        for each in texts:
            wanted = words.told_in_english(each) if self.language == "en" else re.escape(each)
            assert re.search(wanted, self.text), f"{self.who} {self.page.url}: {each} is not in\n{self.text}"

    def finds(self, link):
        """See a link that is called just so."""
        assert self.page.get_by_role("link", name=self.said(link, exact=True), exact=True).count() == 1

    def facts(self):
        """Return the labels and facts of the page."""
        page = self.page.locator("dl.facts")
        return dict(
            zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True)
        )

    def fact(self, label):
        """Return the fact under a label."""
        pattern = words.in_english(label) if self.language == "en" else re.escape(label)
        (found,) = [fact for said, fact in self.facts().items() if re.fullmatch(pattern, said)]
        return found

    # What is filled in

    def fill(self, label, value):
        self.page.get_by_label(self.said(label)).fill(value)

    def choose(self, label, option):
        """Choose the option that contains these words."""
        field = self.page.get_by_label(self.said(label))
        wanted = re.compile(words.in_english(option) if self.language == "en" else re.escape(option))
        found = [each for each in field.locator("option").all_inner_texts() if wanted.search(each)]
        assert len(found) == 1, f"{label}: {found}"
        field.select_option(label=found[0])

    def tick(self, label):
        self.page.get_by_label(self.said(label, exact=True), exact=True).check()

    def sign_in(self, signed):
        """Come to the start page, and sign in with the password."""
        self.open("/")
        self.follow("登录", exact=True)
        self.fill("手机号", signed["phone"])
        self.fill("密码", signed["password"])
        self.press("用密码登录")


def album_folder(root, name, otherwise):
    """Return where pictures are kept: in the data folder where there is one."""
    return root / "var" / "screenshots" / name if (root / "var").is_dir() else Path(otherwise) / name
