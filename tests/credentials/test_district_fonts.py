"""Fonts that a district adds: what is refused, and how a name is printed that our font cannot print."""

from __future__ import annotations

import io

import pypdf
import pytest

from skillhub.base.db import unit_of_work
from skillhub.base.errors import NotFound
from skillhub.credentials import errors, font_check, paper, queries, service
from skillhub.credentials.queries import district_fonts
from skillhub.testing.clients import submit
from skillhub.testing.factories.base import LIWAN, LUNAN
from skillhub.testing.factories.credentials import certificates
from skillhub.testing.factories.fonts import font
from tests.credentials.test_issue import RARE, named

OTHER = "\U000300f8"


def add(officer, data, district=LUNAN):
    return service.district_fonts.add(actor=officer.actor, district=district, data=data)


@pytest.fixture
def made(classes, persons):
    return classes.marked(people=[named(persons, f"祝{RARE}·艾力")])


def test_with_the_districts_font_the_name_is_printed_embedded_and_read_back(made, persons):
    with pytest.raises(errors.CharacterMissing), unit_of_work() as unit:
        service.issue_in(unit, actor=made.school.actor, application_id=made.application_ids[0])
    add(persons.officer(), font(RARE))
    (public_id,) = certificates(made)

    found = queries.certificate(public_id)
    drawn = paper.drawn(found)
    page = pypdf.PdfReader(io.BytesIO(drawn)).pages[0]
    assert page.extract_text().count(f"祝{RARE}·艾力") == 2
    embedded = [each.get_object()["/FontDescriptor"] for each in page["/Resources"]["/Font"].values()]
    assert all("/FontFile2" in each.get_object() for each in embedded)
    add(persons.officer(), font(RARE + OTHER, height=300))
    assert paper.drawn(found) == drawn, "a later font changes no paper"


def test_another_district_prints_with_its_own_fonts_only(persons):
    add(persons.officer(), font(RARE))

    assert district_fonts.missing_characters(f"祝{RARE}{OTHER}", LUNAN) == (OTHER,)
    assert district_fonts.missing_characters(f"祝{RARE}{OTHER}", LIWAN) == (RARE, OTHER)
    with pytest.raises(NotFound):
        add(persons.officer(), font(RARE), district=LIWAN)


def test_a_font_whose_file_is_gone_is_named_and_nothing_is_printed_blank(made, persons):
    add(persons.officer(), font(RARE))
    (public_id,) = certificates(made)
    district_fonts.of_district(LUNAN)[0].path.unlink()

    with pytest.raises(errors.FontGone, match="补字"):
        paper.drawn(queries.certificate(public_id))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (font(RARE, embedding=font_check.RESTRICTED), "not_embeddable"),
        (font(RARE, embedding=font_check.NOT_IN_PARTS), "not_embeddable"),
        (font("国"), "nothing_new"),
        (font(RARE)[:300], "damaged"),
        (b"OTTO" + font(RARE)[4:], "not_truetype"),
        (b"%PDF-1.7", "not_truetype"),
        (b"", "not_truetype"),
        (font(RARE) + bytes(font_check.LARGEST_FONT), "too_large"),
    ],
    ids=["restricted", "whole only", "nothing new", "cut off", "cubic", "a paper", "empty", "too large"],
)
def test_what_cannot_or_may_not_be_embedded_is_refused(persons, data, why):
    with pytest.raises(errors.FontRefused) as refused:
        add(persons.officer(), data)

    assert [(each.field, each.code) for each in refused.value.errors] == [("file", why)]
    assert district_fonts.of_district(LUNAN) == ()


def test_a_damaged_font_is_refused_or_prints(made, persons):
    whole, officer = font(RARE), persons.officer()
    taken = 0
    for place in range(12, len(whole), 97):
        try:
            add(officer, whole[:place] + b"\xff\xff" + whole[place + 2 :])
        except errors.FontRefused:
            continue
        taken += 1
    (public_id,) = certificates(made)

    assert 0 < taken < len(district_fonts.of_district(LUNAN)) + 1
    assert paper.drawn(queries.certificate(public_id)).startswith(b"%PDF")


def test_an_officer_adds_one_at_the_page_and_adding_it_again_is_harmless(browser_of, persons):
    officer = browser_of(persons.officer())

    empty = submit(officer, "/office/fonts")
    wrong = submit(officer, "/office/fonts", file=(io.BytesIO(b"no font"), "a.ttf"))
    the_font = font(RARE)  # its bytes hold the second in which it was made
    for _ in range(2):
        done = submit(officer, "/office/fonts", file=(io.BytesIO(the_font), "a.ttf"))

    assert (empty.status_code, wrong.status_code, done.status_code) == (422, 422, 302)
    assert "只收TrueType字体" in wrong.text
    assert [each.name for each in district_fonts.of_district(LUNAN)] == ["补字"]
    assert "补字" in officer.get("/office/fonts").text
