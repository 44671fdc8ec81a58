"""The paper: what is read back from it, what is embedded, and that long words stay on it."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageChops
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from skillhub.base import qr
from skillhub.credentials import attachment, colours, pdf
from skillhub.credentials.pdf import faces, frame, layout
from skillhub.credentials.pdf.setting import Run, lines
from skillhub.credentials.rules import wording
from skillhub.credentials.rules.facts import Facts

ADDRESS = "http://127.0.0.1:8000/verify/cJ7Qm2pWv5bH0sX3kYt9_eQ"
CODE = "SH1." + "A" * 370 + "." + "B" * 86
FACTS = Facts(
    number="SH1302022025000118",
    name="朱安英",
    identity_last4="998X",
    course="家务服务",
    starts_on=date(2025, 3, 24),
    ends_on=date(2025, 3, 31),
    body="路南演示家政培训学校（虚构）",
    issued_on=date(2025, 4, 7),
    trade="家政服务",
    level="5",
    level_name="五级（初级工）",
    hours=20,
    theory_hours=8,
    practice_hours=12,
    theory=82,
    practice=91,
    batch="LN-ORD-01",
    district="130202",
    is_fictitious=True,
)
LONG = dataclasses.replace(
    FACTS,
    name="阿卜杜热合曼·买买提吐尔逊·" * 3 + "艾力江·祎燚犇",
    course="𠮷㛃䶮养老护理与母婴照护综合技能提升订单式培训",
    body="唐山市路南区零工市场职业技能培训与就业服务示范演示学校（虚构）",
)


def printed(**changes):
    return pdf.draw(dataclasses.replace(FACTS, **changes), address=ADDRESS, code=CODE, hue=214)


def page(document):
    return pypdf.PdfReader(io.BytesIO(document)).pages[0]


def text_of(document):
    """Return the text without what only lays it out."""
    return re.sub(r"[\s　]", "", page(document).extract_text())


@pytest.mark.parametrize(
    "name", ["朱安英", "祎燚犇垚䶮㛃𠮷𠅤", "买买提·艾力", "Anna-Maria O'Neil", LONG.name]
)
def test_every_printed_fact_is_read_back_as_it_was_frozen(name):
    facts = dataclasses.replace(LONG, name=name)

    read = text_of(pdf.draw(facts, address=ADDRESS, code=CODE, hue=214))

    for row in wording.rows(facts):
        assert re.sub(r"[\s　]", "", row.label + row.value) in read
    assert ADDRESS in read
    assert wording.CERTIFICATE.title in read
    assert wording.in_characters(facts.issued_on) in read


def test_the_seven_mandatory_facts_come_first():
    labels = [row.label for row in wording.rows(FACTS)]

    assert labels[:7] == [
        "证书序列号",
        "姓名",
        "身份信息",
        "培训项目名称",
        "起止日期",
        "机构名称",
        "发证日期",
    ]


def test_characters_beyond_the_basic_plane_are_mapped_to_surrogates():
    written = faces.text_map("Font", [0, ord("家"), ord("𠮷")])

    assert "<01> <5BB6>" in written
    assert "<02> <D842DFB7>" in written


def test_a_text_map_keeps_its_blocks_short():
    written = faces.text_map("Font", list(range(250)))

    assert re.findall(r"(\d+) beginbfchar", written) == ["100", "100", "50"]


def test_every_font_is_embedded_and_none_is_declared_besides():
    fonts = page(printed())["/Resources"]["/Font"]

    names = {font.get_object()["/BaseFont"].partition("+")[2] for font in fonts.values()}
    assert names == {"SkillHubSansSC-Regular", "SkillHubSansSC-Bold"}
    assert all("/FontFile2" in font.get_object()["/FontDescriptor"].get_object() for font in fonts.values())


def test_the_same_facts_give_the_same_bytes():
    assert printed() == printed()
    assert printed() != printed(theory=83)


def test_the_file_says_what_it_is():
    document = printed()

    found = pypdf.PdfReader(io.BytesIO(document)).metadata
    assert found.title == "培训合格证书 SH1302022025000118"
    assert found.author == FACTS.body
    assert "朱安英" in found.subject
    assert len(document) < 48_000


def test_only_fictitious_people_are_marked_as_such():
    assert "演示数据，人物为虚构" in text_of(printed())
    assert "演示数据" not in text_of(printed(is_fictitious=False))


def test_no_digit_of_the_identity_but_the_last_four_is_printed():
    read = text_of(printed())

    assert "尾号998X" in read
    assert "130202" not in read.replace(FACTS.number, "")


def test_a_course_without_marks_has_no_row_for_them():
    assert "考核成绩" not in text_of(printed(theory=None, practice=None))
    assert "理论82分" in text_of(printed(practice=None))


def test_hours_without_an_examination_are_a_note_of_completion_and_never_a_certificate():
    unexamined = dataclasses.replace(FACTS, theory=None, practice=None)

    read = text_of(printed(theory=None, practice=None))

    assert "结业证明" in read
    assert "考核合格" not in read
    assert "没有考核，不是培训合格证书" in read
    assert wording.file_name(unexamined).startswith("结业证明-")
    assert "结业证明已经发了" in wording.message_of_issue(unexamined)


def test_a_course_named_training_is_not_named_twice():
    assert "参加家务服务培训，共20课时" in wording.sentence(dataclasses.replace(FACTS, course="家务服务培训"))
    assert "参加家务服务培训，共20课时" in wording.sentence(FACTS)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 27), "二〇二六年三月二十七日"),
        (date(2030, 10, 10), "二〇三〇年十月十日"),
        (date(2025, 12, 1), "二〇二五年十二月一日"),
        (date(2025, 11, 20), "二〇二五年十一月二十日"),
        (date(2025, 1, 30), "二〇二五年一月三十日"),
    ],
)
def test_the_date_over_the_seal_is_in_characters(day, said):
    assert wording.in_characters(day) == said


@pytest.mark.parametrize(
    "facts",
    [
        FACTS,
        LONG,
        dataclasses.replace(LONG, name="阿" * 50, course="𠮷" * 60, body="中" * 60, trade="整" * 30),
        dataclasses.replace(FACTS, name="W" * 50),
    ],
)
def test_the_longest_words_stay_within_their_room(facts):
    faces.register()
    arranged = layout.arrange(facts)

    room = (layout.RIGHT - layout.LEFT) * mm
    assert all(line.width <= room + 0.02 for line in arranged.text[1:])
    assert arranged.text[0].width + 2 * arranged.text_size <= room + 0.02
    assert all(
        line.width <= room - layout.VALUE * mm + 0.02 for cell in arranged.cells for line in cell.lines
    )
    assert arranged.row_padding >= layout.TIGHTEST_ROW
    height = sum(
        2 * arranged.row_padding + arranged.cell_leading * len(cell.lines) for cell in arranged.cells
    )
    assert arranged.table_top + height <= layout.TABLE_END + 0.01
    assert all(line.width <= layout.SEAL_WIDTH * mm + 0.02 for line in layout.signature(facts.body)[0])


def test_ordinary_words_are_set_as_designed():
    faces.register()

    assert layout.arrange(FACTS).text_size == layout.TEXT_SIZE


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one():
    def measure(text, _face, size):
        return len(text) * size

    found = lines([Run("一二三四，（五六）七八九", "face", 1)], 4, measure)

    written = ["".join(run.text for run in line.runs) for line in found]
    assert "".join(written) == "一二三四，（五六）七八九"
    assert not [line for line in written if line[0] in "，）"]
    assert not [line for line in written if line[-1] == "（"]


@pytest.mark.parametrize("text", [ADDRESS, "SKILLHUB1:" + "A1B2C3D4E5" * 60])
def test_the_code_is_drawn_module_for_module_and_read_from_the_page(text):
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(frame.WIDTH * mm, frame.HEIGHT * mm), initialFontName=faces.REGULAR)
    side, scale = 40, 6
    frame.code(canvas, text, 10, 20, side)
    canvas.save()

    page = pypdfium2.PdfDocument(target.getvalue())[0].render(scale=scale).to_pil().convert("L")

    code = qr.picture(text)
    module = side / (code.width + 2 * qr.QUIET)

    def drawn_at(across, down):
        middle = 10 + (across + 2.5) * module, 20 + (down + 2.5) * module
        return page.getpixel(tuple(int(each * mm * scale) for each in middle)) >= 128

    places = [(across, down) for down in range(code.height) for across in range(code.width)]
    assert [drawn_at(*each) for each in places] == [bool(code.getpixel(each)) for each in places]
    assert [each.text for each in zxingcpp.read_barcodes(page)] == [text]


def test_paper_wears_the_colour_of_the_style_sheet():
    assert colours.hue("130202") == 214
    assert colours.hue("440103") == 183
    assert colours.hue("999999") == 205


# What poppler's tools say, as a stranger would ask them

PICTURE = Path(__file__).parent / "pictures" / "certificate.png"
SCALE = 1.0
MOST_DIFFERENT = 0.002
"""The share of points that may differ: another version of PDFium draws an edge a little otherwise."""
RARE = "祎燚犇垚䶮㛃𠮷𠅤"


def tool(*words):
    """Run one of poppler's tools; where it is absent the test is skipped; pypdf asks the same above."""
    if shutil.which(words[0]) is None:
        text = f"{words[0]} is not here; install it with: apt-get install -y poppler-utils"
        pytest.skip(text)
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def test_the_page_looks_like_the_kept_picture():
    drawn = pypdfium2.PdfDocument(printed(name=RARE))[0].render(scale=SCALE).to_pil().convert("L")

    kept = Image.open(PICTURE).convert("L")
    assert drawn.size == kept.size
    far = ImageChops.difference(drawn, kept).point(lambda value: 255 if value > 64 else 0)
    assert far.histogram()[255] / (far.width * far.height) <= MOST_DIFFERENT


def test_the_control_another_mark_is_another_picture():
    one, other = (
        pypdfium2.PdfDocument(printed(name=name))[0].render(scale=SCALE).to_pil().convert("L")
        for name in (RARE, "朱安英")
    )
    assert ImageChops.difference(one, other).getbbox() is not None


@pytest.mark.parametrize("name", [RARE, "买买提·艾力"])
def test_pdftotext_returns_the_name_unchanged(tmp_path, name):
    (tmp_path / "paper.pdf").write_bytes(printed(name=name))

    assert name in tool("pdftotext", "-layout", str(tmp_path / "paper.pdf"), "-")


def test_pdffonts_says_that_all_are_embedded(tmp_path):
    (tmp_path / "paper.pdf").write_bytes(printed(name=RARE))

    rows = tool("pdffonts", str(tmp_path / "paper.pdf")).splitlines()[2:]
    assert len(rows) >= 2
    assert all(re.search(r"\byes yes yes\b", row) for row in rows), rows


def test_pdfdetach_gives_back_the_bytes(tmp_path):
    credential = json.dumps({"name": RARE}, ensure_ascii=False).encode()
    (tmp_path / "paper.pdf").write_bytes(attachment.attached(printed(), credential))

    tool("pdfdetach", "-saveall", "-o", str(tmp_path), str(tmp_path / "paper.pdf"))

    assert (tmp_path / attachment.NAME).read_bytes() == credential
