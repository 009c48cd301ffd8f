"""Other ways to write the same, by fixed templates: contractions, numbers, quotation marks, dates, questions.

A site is a place of a text where one of them applies. The rules are those of
``ingest/resources/paraphrases.csv``; all are reversible but the frames of questions.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ingest.resources import rows

Change = tuple[int, int, str]
"""Start, end and new text, as positions in the string."""

_QUOTED = re.compile(
    '"([^"\0\n]{1,200})"|“([^“”"\0\n]{1,200})”|«([^«»\0\n]{1,200})»|「([^「」\0\n]{1,200})」'
)
_QUESTION_END = re.compile("[?？؟;]\0")
_SHORTEST_QUESTION = 10
_DIGITS_AS_WORDS = ("en",)  # elsewhere the word would have to agree with what is counted
_JOINS = "\u2010\u2011'’.,-"


@dataclass(frozen=True, slots=True)
class Rules:
    """The templates of one language.

    Attributes:
        frames: what may be said before a question.
        words: contractions and number words in small letters, and what they become; both directions.
        compound: words after which a number word is a part of a longer number.
        quotes: the opening and the closing mark that straight ones become.
        months: names of the months, where a date may be written in two orders.
    """

    frames: tuple[str, ...]
    words: Mapping[str, str]
    compound: frozenset[str]
    quotes: tuple[str, str]
    months: tuple[str, ...]

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """Finds the words of the rules."""
        return _pattern(tuple(self.words)) if self.words else None


@cache
def rules(language: str) -> Rules:
    """The templates of a language; few where it has no list."""
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows("paraphrases.csv"):
        if row["language"] == language:
            found.setdefault(row["kind"], []).append((row["one"], row["other"]))
    words = dict(found.get("number", []))
    if language in _DIGITS_AS_WORDS:
        words |= {digit: word for word, digit in found["number"]}
    for long, short in found.get("contraction", []):
        words |= {long.lower(): short, short.lower(): long}
    return Rules(
        frames=tuple(one for one, _ in found.get("frame", [])),
        words=words,
        compound=frozenset(word for one, _ in found.get("before_number", []) for word in one.split()),
        quotes=found.get("quotes", [("“", "”")])[0],
        months=tuple(month for one, _ in found.get("months", []) for month in one.split()),
    )


def sites(string: str, language: str) -> list[list[Change]]:
    """The places of a string where a template applies, in order; none touches what another changes.

    Args:
        string: texts, each after a NUL and the last before one.

    >>> [[new for _, _, new in site] for site in sites('\\0I do not see "two" men.\\0', "en")]
    [["don't"], ['“', '”']]
    """
    own = rules(language)
    found = [*_words(string, own), *_dates(string, own), *_quotes(string, own), *_questions(string, own)]
    return sorted(found, key=lambda site: site[0])


def _words(string: str, own: Rules) -> Iterator[list[Change]]:
    """Contractions, and numbers from two to twelve."""
    if own.pattern is None:
        return
    for match in own.pattern.finditer(string):
        start, end = match.span()
        old = match[0].replace("’", "'")
        new = own.words.get(old.replace("İ", "i").lower(), old)
        if new == old or ((new.isdecimal() or old.isdecimal()) and not _counts(string, start, end, own)):
            continue
        if old[:1].isupper():
            new = new[:1].upper() + new[1:]
        yield [(start, end, new)]


def _counts(string: str, start: int, end: int, own: Rules) -> bool:
    """Whether the number stands alone before what is counted: a word, and digits a word in small letters."""
    before = string[max(start - 20, 0) : start].split("\0")[-1].split()
    after = string[end : end + 20]
    if string[start - 1] != " " or after[:1] != " " or (before and before[-1].lower() in own.compound):
        return False
    if string[start:end].isdecimal():
        return len(before) > 0 and before[-1].islower() and after[1:2].islower() and len(after.split()[0]) > 2
    return after[1:2].isalpha()


def _dates(string: str, own: Rules) -> Iterator[list[Change]]:
    """``March 12, 2020`` and ``12 March 2020``."""
    if not own.months:
        return
    for match in _date(own.months).finditer(string):
        month, day, year, day_first, month_last, year_last = match.groups()
        new = f"{day} {month} {year}" if month else f"{month_last} {day_first}, {year_last}"
        yield [(*match.span(), new)]


def _quotes(string: str, own: Rules) -> Iterator[list[Change]]:
    """Straight quotation marks for those of the language, and the other way round."""
    for match in _QUOTED.finditer(string):
        start, end = match.span()
        opening, closing = own.quotes if string[start] == '"' else ('"', '"')
        yield [(start, start + 1, opening), (end - 1, end, closing)]


def _questions(string: str, own: Rules) -> Iterator[list[Change]]:
    """Something said before a question that is the whole text; a mark shows which frame is to be drawn."""
    if own.frames:
        for match in _QUESTION_END.finditer(string):
            end = match.start()
            start = string.rfind("\0", 0, end) + 1
            if end - start >= _SHORTEST_QUESTION and (string[end] != ";" or own is rules("el")):
                yield [(start, start, "")]


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    either = "|".join(re.escape(word).replace("'", "['’]") for word in longest)
    return re.compile(rf"(?<![\w{_JOINS}])(?:{either})(?![\w{_JOINS}]\w|\w)", re.IGNORECASE)


@cache
def _date(months: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(months)
    return re.compile(
        rf"(?<!\w)(?:({names}) ([1-3]?[0-9]), ([0-9]{{4}})|([1-3]?[0-9]) ({names}) ([0-9]{{4}}))(?!\w)"
    )
