"""The tree of sites from one file: all of it in any order of lines, or nothing."""

import hashlib

import pytest

from skillhub.base.db import unit_of_work
from skillhub.base.errors import Forbidden, NotFound
from skillhub.districts import queries
from skillhub.districts.service import sites as directory
from skillhub.imports.rules.reports import SKIP, Choices
from skillhub.imports.service import sites
from skillhub.testing.factories.base import LUNAN, TESTS
from tests.imports.conftest import SHARED
from tests.imports.test_people import codes, decisions

HEAD = "编号,名称,种类,上级,地址,经度,纬度\n"


def a_district(seed=1):
    """Return 133 stations, three centres and a market in a random order, parents by code or by name."""
    lines = ["S-0,路南零工市场,零工市场,,创新里,118.1388,39.6179"]
    lines += [
        f"S-C{n},第{n}服务中心,服务中心,{'S-0' if n % 2 else '路南零工市场'},广场{n}号,," for n in (1, 2, 3)
    ]
    lines += [f"S-{n:03d},驿站{n:03d},零工驿站,S-C{n % 3 + 1},街道{n},," for n in range(1, 134)]
    lines.sort(key=lambda line: hashlib.sha256(f"{seed}{line}".encode()).digest())
    return HEAD + "\n".join(lines) + "\n"


def take(file, *choices):
    return sites.take(actor=TESTS, file=file, choices=Choices(*choices))


def test_a_whole_district_loads_in_one_go_and_a_second_time_changes_nothing(file):
    report = take(file(a_district()))
    assert (report.written, set(decisions(report).values())) == (137, {"ok"})
    by_code = {each.code: each for each in queries.sites(LUNAN)}
    assert [by_code[code].tier for code in ("S-0", "S-C2", "S-007")] == [1, 2, 3]
    assert by_code["S-007"].parent_id == by_code["S-C2"].id
    assert by_code["S-C2"].parent_id == by_code["S-0"].id

    again = take(file(a_district(seed=2)))
    assert (again.written, set(decisions(again).values())) == (0, {"unchanged"})
    assert len(queries.sites(LUNAN)) == 137


def test_the_domains_own_sites_load(file):
    path = SHARED / "sites.csv"
    if not path.is_file():
        pytest.skip(f"the domain's files are not here ({path})")
    report = take(file(path.read_bytes()), True)
    assert report.written == 137
    assert report.counts["refuse"] == len(report.lines) - 137, "those of other districts"


def test_a_wrong_line_takes_those_below_it_along_and_nothing_is_written(file):
    report = take(
        file(f"{HEAD}A,市场,零工市场,,,,\nB,中心,茶馆,A,,,\nC,驿站,零工驿站,B,,,\nD,驿站二,零工驿站,A,,,\n")
    )

    assert decisions(report) == {2: "ok", 3: "refuse", 4: "refuse", 5: "ok"}
    assert codes(report, 3) == ["site_kind_unknown"]
    assert codes(report, 4) == ["parent_refused"]
    assert queries.sites(LUNAN) == ()
    assert take(file(f"{HEAD}A,市场,零工市场,,,,\nB,中心,茶馆,A,,,\n"), True).written == 1


@pytest.mark.parametrize(
    ("lines", "line", "code"),
    [
        ("A,甲,驿站,B,,,\nB,乙,驿站,A,,,", 3, "parent_circle"),
        ("A,甲,驿站,A,,,", 2, "parent_circle"),
        ("A,甲,驿站,没有的,,,", 2, "parent_unknown"),
        ("A,甲,市场,,,,\nB,乙,中心,A,,,\nC,丙,驿站,B,,,\nD,丁,驿站,C,,,", 5, "tier_parent"),
        ("A,甲,市场,,,,\nA,乙,市场,,,,", 3, "entered_twice"),
        ("A,甲,市场,,,,\nB,甲,市场,,,,", 3, "site_name_again"),
        (",甲,市场,,,,\n,甲,市场,,,,", 3, "entered_twice"),
        ("A,,市场,,,,", 2, "site_name_missing"),
        ("A b,甲,市场,,,,", 2, "site_code_form"),
        ("A,甲,市场,,,39.6,118.1", 2, "position_swapped"),
        ("A,甲,市场,,,118.1,", 2, "position_form"),
    ],
)
def test_what_does_not_fit_the_tree_is_named_on_its_line(file, lines, line, code):
    report = sites.check(actor=TESTS, file=file(HEAD + lines + "\n"))

    assert code in codes(report, line)


def test_a_long_chain_of_parents_breaks_nothing(file):
    chain = "\n".join(f"N{n},站{n},驿站,N{n + 1},,," for n in range(3_000))

    assert set(decisions(sites.check(actor=TESTS, file=file(HEAD + chain))).values()) == {"refuse"}


def test_a_known_site_with_other_facts_is_flagged_and_neither_changed_nor_doubled(file):
    take(file(f"{HEAD}A,甲,市场,,旧址,,\n"))

    report = take(file(f"{HEAD}A,甲,市场,,新址,,\nB,乙,驿站,A,,,\n"))
    assert (codes(report, 2), report.is_written) == (["site_differs"], False)
    assert take(file(f"{HEAD}A,甲,市场,,新址,,\nB,乙,驿站,A,,,\n"), False, SKIP).written == 1
    assert [(each.code, each.address) for each in queries.sites(LUNAN)] == [("A", "旧址"), ("B", "")]


def test_a_site_without_a_code_gets_one_and_hangs_on_a_known_parent(file):
    with unit_of_work() as unit:
        directory.add_in(
            unit, actor=TESTS, code="M", district=LUNAN, name="市场", kind="market", tier=1, address=""
        )

    assert take(file("名称,种类,上级\n新驿站,零工驿站,市场\n")).written == 1
    new = next(each for each in queries.sites(LUNAN) if each.name == "新驿站")
    assert (new.code, new.tier) == ("S-130202-001", 2)


def test_only_officers_of_the_district_import_sites(persons, file):
    content = file(a_district())
    with pytest.raises(Forbidden):
        sites.take(actor=persons.desk().actor, file=content, choices=Choices())
    with pytest.raises(NotFound):
        sites.take(actor=persons.officer("440103").actor, file=content, choices=Choices())
