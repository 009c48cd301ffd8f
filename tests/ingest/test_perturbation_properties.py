"""What holds for every perturbation on any text: more than fifteen scripts, emoji, lone marks, rubbish."""

import importlib
import pkgutil
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ingest.perturbations
from ingest.example import Answer, Choice, Example, Pair, Retrieval, Span, Tags
from ingest.perturbation import Perturbation, perturb

NAMES = sorted(module.name for module in pkgutil.iter_modules(ingest.perturbations.__path__))
WORDS = ["walk", "naïve", "straße", "été", "ﬁne", "Istanbul", "ıssız", "ЙОГУРТ", "ёлка", "мир", "θάλασσα", "Σίσυφος", "ΟΔΟΣ", "հայերեն", "ქართული", "שָׁלוֹם", "שלום", "كِتَاب", "مدرسة", "نمی\u200cخواهم", "اردو", "क्षत्रिय", "हिन्दी", "ज़रूर", "বাংলা", "ড়ু", "ਪੰਜਾਬੀ", "ગુજરાતી", "தமிழ்", "తెలుగు", "ಕನ್ನಡ", "മലയാളം", "ภาษาไทย", "น้ำ", "မြန်မာ", "ខ្មែរ", "ລາວ", "한국어", "각", "漢字", "かな", "が", "ガラス", "አማርኛ", "Tiếng", "Việt", "nghiêng", "ẹ̀kọ́", "don't", "e-mail", "x", "3.14", "2024", "https://example.org/a?b=1", "@name", "jo@mail.org", "{slot}", "[SEP]", "<mask>", "👨\u200d👩\u200d👧\u200d👦", "🇩🇪🇫🇷", "👍🏽", "❤️", "́", "ि", "\u200d", "가", "ᄀ", "¿Qué?", ",", ".", "…", "«", "»", "。", "、", "؟", "।", "—", "\xa0", "\r\n", "\x00", "\u2028", "𝐀", "�"]
text = st.lists(st.sampled_from(WORDS) | st.text(max_size=5), max_size=12).map(" ".join)
language = st.sampled_from(["en", "de", "tr", "el", "ru", "hi", "th", "zh", "ja", "ko", "ar", "fa", "he", "vi", "yo", "ta", "my", "ka", "lt", "qab"])
KEPT = re.compile(r"https://example\.org/a\?b=1|jo@mail\.org|\{slot\}|\[SEP\]|<mask>")


def load(name: str) -> Perturbation:
    found: Perturbation = importlib.import_module(f"ingest.perturbations.{name}").PERTURBATION
    return found


@st.composite
def example(draw: st.DrawFn) -> Example:
    number = str(draw(st.integers(0, 10**6)))
    kind = draw(st.sampled_from(["pair", "choice", "tags", "span", "retrieval"]))
    if kind == "pair":
        return Pair(id=number, first=draw(text), second=draw(text), label=0)
    if kind == "choice":
        options = tuple(draw(st.lists(text, min_size=2, max_size=3)))
        return Choice(id=number, context=draw(text), question=draw(text), options=options, label=1)
    if kind == "tags":
        tokens = tuple(draw(st.lists(st.sampled_from(WORDS) | st.text(max_size=4), max_size=9)))
        return Tags(id=number, tokens=tokens, tags=tuple(bio(draw, len(tokens))))
    if kind == "span":
        context = draw(text)
        starts = draw(st.lists(st.integers(0, max(len(context) - 1, 0)), max_size=3))
        answers = tuple(Answer(text=context[at : at + draw(st.integers(1, 9))], start=at) for at in starts)
        return Span(id=number, context=context, question=draw(text), answers=answers)
    return Retrieval(id=number, query=draw(text), positives=())


def bio(draw: st.DrawFn, size: int) -> list[str]:
    tags: list[str] = []
    for at in range(size):
        inside = ["I" + tags[-1][1:]] if at and tags[-1] != "O" else []
        tags.append(draw(st.sampled_from(["O", "O", "B-PER", "B-LOC", *inside])))
    return tags


def valid(tags: tuple[str, ...]) -> bool:
    return all(
        not tag.startswith("I-") or (at > 0 and tags[at - 1][2:] == tag[2:]) for at, tag in enumerate(tags)
    )


def strings(of: Example) -> list[str]:
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


@pytest.mark.parametrize("name", NAMES)
@given(cases=st.lists(example(), max_size=6), language=language, severity=st.integers(1, 5), seed=st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_examples_stay_whole(
    name: str, cases: list[Example], language: str, severity: int, seed: int
) -> None:
    by_kind: dict[type, list[Example]] = {}
    for case in cases:
        by_kind.setdefault(type(case), []).append(case)
    for group in by_kind.values():
        fields = ("question", "context") if isinstance(group[0], Span) else None
        done = perturb(
            group, load(name), severity=severity, language=language, seed=seed, fields=fields
        )
        for old, new, changed, edits, eligible in zip(
            group, done.examples, done.changed, done.edits, done.eligible, strict=True
        ):
            assert type(new) is type(old)
            assert new.id == old.id
            assert changed == (new != old)
            assert 0 <= edits <= max(eligible, 0)
            if edits == 0:
                assert new == old
            if done.not_applicable:
                assert new == old
            if isinstance(old, Span) and isinstance(new, Span):
                for was, now in zip(old.answers, new.answers, strict=True):
                    assert now.text == was.text
                    assert new.context[now.start : now.start + len(now.text)] == was.text
            if isinstance(old, Tags) and isinstance(new, Tags):
                assert len(new.tokens) == len(new.tags)
                assert valid(new.tags)
            if name not in COMPANY:
                before, after = " ".join(strings(old)), " ".join(strings(new))
                assert re.findall("[0-9]", after) == re.findall("[0-9]", before)
            assert all(kept in " ".join(strings(new)) for kept in KEPT.findall(" ".join(strings(old))))


@pytest.mark.parametrize("name", NAMES)
@given(cases=st.lists(text, min_size=1, max_size=6), language=language)
@settings(max_examples=25, deadline=None)
def test_order_and_company_do_not_matter(name: str, cases: list[str], language: str) -> None:
    if name in COMPANY:
        return
    examples = [Retrieval(id=str(at), query=case, positives=()) for at, case in enumerate(cases)]
    forward = perturb(examples, load(name), severity=3, language=language, seed=1)
    backward = perturb(examples[::-1], load(name), severity=3, language=language, seed=1)
    assert forward.examples == backward.examples[::-1]
    if forward.not_applicable is None:
        alone = perturb(examples[:1], load(name), severity=3, language=language, seed=1)
        assert alone.not_applicable or alone.examples == forward.examples[:1]


COMPANY = {"distract_sentence"}  # those that take text from other examples


@pytest.mark.parametrize("name", NAMES)
@given(case=text, language=language)
@settings(max_examples=25, deadline=None)
def test_counts_grow_with_severity(name: str, case: str, language: str) -> None:
    examples: list[Example] = [Retrieval(id="x", query=case, positives=())]
    done = [
        perturb(examples, load(name), severity=severity, language=language, seed=1) for severity in range(6)
    ]
    assert done[0].examples == examples
    if done[3].not_applicable is None:
        counts = [each.edits[0] for each in done]
        assert counts == sorted(counts)
        assert len({each.eligible[0] for each in done[1:]}) == 1
        assert counts[1] >= 1 or name == "clean"
