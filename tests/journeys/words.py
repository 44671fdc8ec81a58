"""What a journey looks for, in the reader's language: journeys are written in Chinese, once.

The English of a word is what the catalogue says, so a page that shows other words than
its catalogue, or Chinese ones, stops the English journey.
"""

import re
from functools import lru_cache
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).parents[2] / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")
HAN = re.compile("[㐀-鿿]")
DATES = {"上午9:00": "9:00", "下午2:00": "14:00"}  # written by hand in both languages, so in no catalogue


@lru_cache
def _messages():
    """Pairs of a Chinese form and its English one."""
    with CATALOGUE.open("rb") as file:
        found = [each for each in read_po(file, locale="en") if each.id]
    pairs = []
    for each in found:
        if isinstance(each.id, str):
            pairs.append((each.id, each.string))
        else:
            pairs += [(each.id[-1], form) for form in each.string]
    return tuple(pairs)


def _pattern(form, values=None):
    """A form as a regular expression; what is filled in is known by name or may be anything."""
    written, at = "", 0
    for found in PLACEHOLDER.finditer(form):
        name = found[1] or found[2]
        written += re.escape(form[at : found.start()])
        written += f"(?:{in_english(values[name])})" if values and name in values else r".+?"
        at = found.end()
    return written + re.escape(form[at:])


def _filled(chinese, text):
    """What was filled into a Chinese form to make this text, None if it is another one."""
    written, at = "", 0
    for number, found in enumerate(PLACEHOLDER.finditer(chinese)):
        name = found[1] or found[2] or f"_{number}"
        again = f"(?P<{name}>" in written
        written += re.escape(chinese[at : found.start()]) + (f"(?P={name})" if again else f"(?P<{name}>.+?)")
        at = found.end()
    found = re.fullmatch(written + re.escape(chinese[at:]), text)
    return found.groupdict() if found else None


@lru_cache
def in_english(text):
    """A regular expression of what is called by a Chinese text on an English page.

    First the message that is the text, else those that the text was made from, else
    those of which it is a part. Text of nobody's catalogue (a name, a rule) stays.
    """
    if text in DATES:
        return re.escape(DATES[text])
    exact = [english for chinese, english in _messages() if chinese == text]
    if exact:
        return "|".join(_pattern(each) for each in exact)
    return _made_from(text) or _part_of(text) or re.escape(text)


@lru_cache
def told_in_english(text):
    """A regular expression of all that may tell an English reader what contains a Chinese text."""
    found = filter(None, (_part_of(text), _made_from(text)))
    return "|".join(found) or re.escape(DATES.get(text, text))


def _made_from(text):
    """The messages that say just this once they are filled in."""
    made = [(english, _filled(chinese, text)) for chinese, english in _messages() if HAN.search(chinese)]
    return "|".join(_pattern(english, values) for english, values in made if values is not None)


def _part_of(text):
    """The messages of which this is a part, or the whole; a number in it was filled in."""
    wanted = re.sub(r"\d+", "\0", text)
    filled = [(PLACEHOLDER.sub("\0", chinese), english) for chinese, english in _messages()]
    within = [english for chinese, english in filled if wanted in chinese and HAN.search(text)]
    return "|".join(_pattern(each) for each in within)


def said(text, language, *, exact=False):
    """What to look for on a page: the text itself in Chinese, an expression in English."""
    if language == "zh":
        return text
    pattern = in_english(text)
    return re.compile(rf"^\s*(?:{pattern})\s*$" if exact else pattern)
