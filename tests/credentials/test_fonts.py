"""The Chinese font: rare characters are there, what is missing is named, both weights can be embedded."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.ttLib import TTFont
from reportlab.pdfbase.ttfonts import TTFont as EmbeddableFont

from skillhub.credentials import font_conversion, fonts

RARE = "𠮷𠅤㛃䶮𬭎"


@pytest.fixture(scope="module")
def files():
    return fonts.ensure()


@pytest.fixture(scope="module")
def face():
    with font_conversion.opened_face(fonts.source_file()) as opened:
        yield opened


def small(face, weight, text):
    cmap = face.getBestCmap()
    return font_conversion.build_font(face, weight, {ord(each): cmap[ord(each)] for each in text}).font


def area(font, character):
    glyphs = font.getGlyphSet()
    pen = AreaPen(glyphs)
    glyphs[font.getBestCmap()[ord(character)]].draw(pen)
    return pen.value


def test_rare_characters_of_names_can_be_printed(files):
    assert fonts.missing_characters(f"孙凤英·{RARE}Ａbc１２，。＊ŭ", files) == ()


def test_a_missing_character_is_named_once_and_in_order(files):
    assert fonts.missing_characters("王\U0002a6a5丽\U0001f600\U0002a6a5", files) == (
        "\U0002a6a5",
        "\U0001f600",
    )


def test_the_list_of_characters_is_what_the_fonts_have(files):
    firsts, lasts = fonts.covered_ranges(files.characters)
    listed = {point for first, last in zip(firsts, lasts, strict=True) for point in range(first, last + 1)}

    assert len(listed) > 44_000
    for path in (files.regular, files.bold):
        with TTFont(path, lazy=True) as font:
            assert set(font.getBestCmap()) == listed


@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_reportlab_takes_the_font_and_knows_its_widths(files, weight):
    font = EmbeddableFont(f"test-{weight}", str(getattr(files, weight)))

    assert font.face.charWidths[ord("国")] == 1000
    assert font.face.charWidths[ord(RARE[0])] == 1000
    assert 0 < font.face.charWidths[ord("i")] < font.face.charWidths[ord("W")] < 1000


def test_the_converted_font_does_not_use_the_reserved_name(files):
    with TTFont(files.regular, lazy=True) as font:
        told = {record.nameID: str(record) for record in font["name"].names}

    assert told[1] == "SkillHub Sans SC"
    assert "Source" not in told[1] + told[4] + told[6]
    assert "Adobe" in told[0]
    assert "Open Font License" in told[13]


def test_bold_is_heavier_than_regular_and_no_outline_is_inside_out(face):
    regular, bold = (small(face, weight, "国i" + RARE) for weight in (400, 700))

    for character in "国i" + RARE:
        # Outlines of TrueType run clockwise, which the pen counts as negative.
        assert area(bold, character) < area(regular, character) < 0


def test_a_font_that_is_there_is_not_made_again(files):
    made = files.regular.stat().st_mtime_ns

    assert fonts.ensure() == files
    assert files.regular.stat().st_mtime_ns == made


def test_a_set_that_is_cut_short_or_from_another_version_does_not_count(tmp_path, files):
    copies = fonts.FontFiles.within(tmp_path)
    for name in ("regular", "bold", "characters", "digest"):
        getattr(copies, name).write_bytes(getattr(files, name).read_bytes())
    assert fonts.are_current(copies), "the control"

    copies.bold.write_bytes(files.bold.read_bytes()[:-1])
    assert not fonts.are_current(copies)

    copies.bold.write_bytes(files.bold.read_bytes())
    copies.digest.write_text(files.digest.read_text().replace("conversion 1", "conversion 0"))
    assert not fonts.are_current(copies)


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises(fonts.FontError, match="make it writable"):
        fonts.ensure(blocked / "fonts")


def test_where_the_environment_is_read_only_the_other_folder_serves(tmp_path, files):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    assert fonts.ensure(blocked / "fonts", otherwise=files.regular.parent) == files


def test_a_failed_conversion_says_why_and_leaves_nothing_that_counts(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            fonts.CONVERTER,
            str(tmp_path / "none.ttc"),
            "400",
            str(tmp_path / "a"),
            str(tmp_path / "b"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode
    assert "none.ttc" in done.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_asking_for_fonts_loads_neither_the_converter_nor_the_web():
    code = (
        "import sys; from skillhub.credentials import fonts; print({'fontTools', 'flask'} & set(sys.modules))"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert told.strip() == "set()"
