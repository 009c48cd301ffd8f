"""Hypothesis strategies: text in more than fifteen scripts with all that can go wrong, and examples of it."""

import importlib
import pkgutil

from hypothesis import strategies as st

import ingest.perturbations
from ingest.example import Answer, Choice, Example, Kind, Pair, Retrieval, Span, Tags
from ingest.perturbation import Perturbation

NAMES = sorted(module.name for module in pkgutil.iter_modules(ingest.perturbations.__path__))
COMPANY = {"distract_sentence", "distract_sentence_english"}  # those that take text from other examples
ADDING = COMPANY | {
    "distract_tautology",
    "digit_script",
    "template_paraphrase",
}  # those that write digits or other new text
UNNESTED = COMPANY | {  # levels differ in kind; another language may lack an example
    "mixed",
    "word_shuffle_window",
    "distract_tautology",
    "cross_language_pair",
}
_PLAIN = """
walk naïve straße ﬁne Istanbul ıssız ЙОГУРТ ёлка мир θάλασσα Σίσυφος ΟΔΟΣ հայերեն ქართული שָׁלוֹם שלום كِتَاب مدرسة
نمی‌خواهم اردو क्षत्रिय हिन्दी ज़रूर বাংলা ড়ু ਪੰਜਾਬੀ ગુજરાતી தமிழ் తెలుగు ಕನ್ನಡ മലയാളം ภาษาไทย น้ำ မြန်မာ ខ្មែរ ລາວ
한국어 각 漢字 かな が ガラス አማርኛ Tiếng Việt nghiêng ẹ̀kọ́ don't e-mail x 3.14 2024 ¿Qué? , . … « » 。 、 ؟ । —
https://example.org/a?b=1 @name jo@mail.org {slot} [SEP] <mask> 👨‍👩‍👧‍👦 🇩🇪🇫🇷 👍🏽 ❤️
"""
_ODD = ["e\u0301te\u0301", "\u0301", "\u093f", "\u200d", "\u1100\u1161", "\u1100", "\U0001d400", "\ud800"]
WORDS = [*_PLAIN.split(), *_ODD, "\u00a0", "\r\n", "\0", "\u2028", ""]
KEPT = ("https://example.org/a?b=1", "jo@mail.org", "{slot}", "[SEP]", "<mask>")
"""Those of the words that no perturbation may touch."""

names = st.sampled_from(NAMES)
words = st.sampled_from(WORDS)
text = st.lists(words | st.text(max_size=5), max_size=12).map(" ".join)
language = st.sampled_from(
    [
        "en",
        "de",
        "tr",
        "el",
        "ru",
        "hi",
        "th",
        "zh",
        "ja",
        "ko",
        "ar",
        "fa",
        "he",
        "vi",
        "yo",
        "ta",
        "my",
        "ka",
        "lt",
        "qro",
    ]
)


def load(name: str) -> Perturbation:
    """A perturbation by name."""
    found: Perturbation = importlib.import_module(f"ingest.perturbations.{name}").PERTURBATION
    return found


@st.composite
def cells(draw: st.DrawFn, kind: Kind) -> list[Example]:
    """A few examples of one kind."""
    return [_example(draw, kind, str(number)) for number in range(draw(st.integers(1, 4)))]


def _example(draw: st.DrawFn, kind: Kind, number: str) -> Example:
    if kind == "pair":
        return Pair(id=number, first=draw(text), second=draw(text), label=0)
    if kind == "choice":
        options = tuple(draw(st.lists(text, min_size=2, max_size=3)))
        return Choice(id=number, context=draw(text), question=draw(text), options=options, label=1)
    if kind == "tags":
        tokens = tuple(draw(st.lists(words | st.text(max_size=4), max_size=9)))
        return Tags(id=number, tokens=tokens, tags=_bio(draw, len(tokens)))
    if kind == "span":
        context = draw(text)
        starts = draw(st.lists(st.integers(0, max(len(context) - 1, 0)), max_size=3))
        answers = tuple(Answer(text=context[at : at + draw(st.integers(1, 9))], start=at) for at in starts)
        return Span(id=number, context=context, question=draw(text), answers=answers)
    return Retrieval(id=number, query=draw(text), positives=())


def _bio(draw: st.DrawFn, size: int) -> tuple[str, ...]:
    tags: list[str] = []
    for at in range(size):
        inside = ["I" + tags[-1][1:]] if at and tags[-1] != "O" else []
        tags.append(draw(st.sampled_from(["O", "O", "B-PER", "B-LOC", *inside])))
    return tuple(tags)


def is_bio(tags: tuple[str, ...]) -> bool:
    """Whether every I- continues an entity of its type."""
    return all(
        not tag.startswith("I-") or (at > 0 and tags[at - 1] != "O" and tags[at - 1][2:] == tag[2:])
        for at, tag in enumerate(tags)
    )


def strings(of: Example) -> list[str]:
    """All texts of an example."""
    match of:
        case Pair():
            return [of.first, of.second]
        case Choice():
            return [of.context, of.question, *of.options]
        case Tags():
            return list(of.tokens)
        case Span():
            return [of.context, of.question]
        case Retrieval():
            return [of.query]
