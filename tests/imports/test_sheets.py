"""What is taken for a table and what is refused, whatever it is called."""

import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillhub.base.sheets import Formula, SheetUnreadable, opened, written
from skillhub.base.sheets.delimited import decoded
from tests.imports.conftest import with_part, workbook

TEXT = "姓名,电话\r\n赵䶮,19900000001\r\n周㛃,19900000002\r\n李𬱖,19900000003\r\n"
PLAIN = workbook([["姓名", "电话"], ["王芳", "19900000001"]])
SHEET = "xl/worksheets/sheet1.xml"
MAIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def names(content, name="t.csv"):
    return [row.cells[0] for row in opened(name, content)]


def reason(content, name="t.xlsx"):
    with pytest.raises(SheetUnreadable) as caught:
        list(opened(name, content))
    return caught.value.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_rare_characters_survive_every_usual_encoding(encoding):
    assert names(TEXT.encode(encoding)) == ["姓名", "赵䶮", "周㛃", "李𬱖"]


HAN = st.characters(whitelist_categories=["Lo"], min_codepoint=0x4E00, max_codepoint=0x9FA5)


@given(st.text(HAN, min_size=4))
def test_what_was_written_in_gb18030_is_never_read_as_something_else(text):
    """It comes back as it was, or is refused: there is no third."""
    line = f"姓名,备注\n王芳,{text}\n"
    try:
        read = decoded(line.encode("gb18030"))
    except SheetUnreadable:
        return
    assert read == line


def test_a_file_that_was_pasted_together_from_two_encodings_is_refused():
    mixed = "姓名,电话\n王芳,1\n".encode("gb18030") + "钱晓佳,2\n".encode()

    assert reason(mixed, "t.csv") == "encoding_mixed"


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"", "t.csv", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "t.xls", "old_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "t.xlsx", "old_workbook"),
        (b"<html><table><tr><td>x</td></tr></table>", "t.xls", "web_page"),
        (b"%PDF-1.7 ...", "t.xlsx", "pdf"),
        (TEXT.encode(), "t.xlsx", "not_workbook"),
        (TEXT.encode(), "t.docx", "extension"),
        (PLAIN, "t.csv", "not_text"),
        (PLAIN, "t.xls", "extension"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "t.csv", "encoding"),
        (b"name,phone\nx\x01y,1\n", "t.csv", "not_text"),
        (PLAIN[:-200], "t.xlsx", "damaged"),
        ("姓名,\ue000\n".encode(), "t.csv", "encoding"),
        (b"a," * 300 + b"\n", "t.csv", "too_wide"),
        (b'"' + b"x" * 40_000, "t.csv", "cell_long"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(content, name, why):
    assert reason(content, name) == why


def test_a_file_above_the_limit_is_not_looked_at():
    assert reason(b"a,b\n" * (4 * 1024 * 1024), "t.csv") == "too_large"


@pytest.mark.parametrize(
    ("part", "content", "why"),
    [
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "external_links"),
        ("xl/vbaProject.bin", b"macro", "macros"),
        (SHEET, b'<!DOCTYPE x [<!ENTITY a "b">]>' + MAIN + b"</sheetData></worksheet>", "document_type"),
        (SHEET, MAIN + b"<row>" + b"<c/>" * 5_000 + b"</row></sheetData></worksheet>", "too_wide"),
        (SHEET, MAIN + b"<row><c r='ZZZZZ9'>" + b"<v>1</v></c></row></sheetData></worksheet>", "damaged"),
        (SHEET, MAIN + b"<row>" + b"<c/>" * 1_000_000 + b"</row></sheetData></worksheet>", "bomb"),
        (SHEET, MAIN + b"<row>", "damaged"),
        ("xl/media/zeros.bin", b"\0" * 20_000_000, "bomb"),
        ("../../escape.xml", b"<x/>", "damaged"),
    ],
)
def test_a_workbook_that_hides_something_is_refused(part, content, why):
    assert reason(with_part(PLAIN, part, content)) == why


def test_a_gigabyte_of_zeros_costs_nothing():
    bomb = io.BytesIO(PLAIN)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/x.xml", "w") as part:
        for _ in range(64):
            part.write(b"\0" * 16 * 1024 * 1024)
    tracemalloc.start()
    try:
        assert reason(bomb.getvalue()) == "bomb"
        assert tracemalloc.get_traced_memory()[1] < 50 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_a_table_of_contents_that_lies_about_a_size_is_found_out():
    """The part says that it has ten bytes, and has twenty million."""
    made = io.BytesIO(with_part(PLAIN, "xl/x.xml", b"<x>" + b" " * 20_000_000 + b"</x>"))
    raw = bytearray(made.getvalue())
    place = raw.rindex(b"PK\x01\x02", 0, raw.rindex(b"xl/x.xml"))
    raw[place + 24 : place + 28] = (10).to_bytes(4, "little")

    assert reason(bytes(raw)) in ("damaged", "bomb")


def test_cells_that_calculate_have_no_value():
    rows = list(opened("t.xlsx", workbook([["a", "b"], ["x", "=1+1"]])))

    assert rows[1].cells == ("x", Formula())


def test_the_template_comes_back_as_text():
    content = written("people", ["姓名", "身份证号码"])

    assert next(opened("t.xlsx", content)).cells == ("姓名", "身份证号码")
