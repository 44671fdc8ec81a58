"""The sources speak Chinese, and the English catalogue has every word of them, no more and no less."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "skillhub"
CATALOGUE = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))

HAN = re.compile("[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
CHINESE = re.compile(HAN.pattern + "|[、-〿！-｠]")  # full-width marks too; the ideographic space is a gap
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
WORDS = r"""\s*(?:"[^"]*"|'[^']*')"""
MESSAGE = re.compile(rf"\b_\({WORDS}|\bngettext\({WORDS},{WORDS}")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
IN_CHINESE = re.compile(r"""<(\w+)[^>]*\slang="zh-Hans"[^>]*>[^<]*</\1>""")  # the link to the Chinese pages


def forms(words):
    """The forms of a message or of its translation: one, or singular and plural."""
    return (words,) if isinstance(words, str) else tuple(words)


@pytest.fixture(scope="module")
def sources():
    """The messages of the sources, as (context, words); extracted as bin/catalogue does it."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    own = re.findall(r"-k (\S+)", (ROOT / "bin" / "catalogue").read_text(encoding="utf-8"))
    keywords = DEFAULT_KEYWORDS | parse_keywords(own)
    found = extract_from_dir(PACKAGE, methods, options, keywords=keywords)
    return {(context, words) for _file, _line, words, _comments, context in found}


@pytest.fixture(scope="module")
def catalogue():
    """The English catalogue."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


@pytest.fixture(scope="module")
def english(catalogue):
    """The translated messages, by (context, words)."""
    return {(each.context, each.id): each for each in catalogue if each.id}


def test_the_english_catalogue_has_exactly_the_messages_of_the_sources(sources, english, catalogue):
    assert set(english) == sources, "bin/catalogue brings them in"
    assert not catalogue.obsolete


def test_every_message_is_translated(english, catalogue):
    unfinished = [each.id for each in english.values() if not all(forms(each.string)) or each.fuzzy]

    assert not unfinished
    assert not catalogue.fuzzy
    assert catalogue.locale.language == "en"


def test_placeholders_survive_translation(english):
    for each in english.values():
        wanted = set(PLACEHOLDER.findall(forms(each.id)[-1]))
        for form in forms(each.string):
            assert set(PLACEHOLDER.findall(form)) == wanted, each.id


def test_no_chinese_is_left_in_the_english_words(english):
    left = [form for each in english.values() for form in forms(each.string) if CHINESE.search(form)]

    assert not left


def test_the_sources_are_written_in_chinese(sources):
    """What is nothing but marks and placeholders may pass; words of another language may not."""
    foreign = [
        form
        for _context, words in sources
        for form in forms(words)
        if not HAN.search(form) and re.search(r"[^\W\d_]", PLACEHOLDER.sub("", form))
    ]

    assert not foreign


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_template_says_everything_by_messages(path):
    rest = path.read_text(encoding="utf-8")
    for known in (COMMENT, MESSAGE, IN_CHINESE):
        rest = known.sub("", rest)

    assert not [line for line in rest.splitlines() if CHINESE.search(line)]


@pytest.mark.parametrize(("address", "status"), [("/sign-in", 200), ("/no-such-page", 404)])
def test_a_page_without_data_is_all_english(client, address, status):
    answer = client.get(address, headers={"Accept-Language": "en"})

    assert answer.status_code == status
    assert '<html lang="en"' in answer.text
    assert not CHINESE.findall(IN_CHINESE.sub("", answer.text)), "bin/bootstrap.py compiles the catalogue"
