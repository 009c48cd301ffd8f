"""Examples in another language: texts translated, labels kept, answers found again.

The answer of a question is found in the translated context in one of two ways, tried in this order:

marked    the answer stands between two brackets in the text that is translated, and the translation has
          them too (mark-then-translate: Chen et al., 2023, "Frustratingly Easy Label Projection for
          Cross-lingual Transfer")
matched   the translation of the answer alone occurs exactly once in the translated context

An example whose answer is found in neither way, or one of whose texts has no translation, is left out and
counted. Words with tags cannot be translated this way: nothing says which word a tag belongs to afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ingest.example import Answer, Example, Kind, Span
from ingest.fields import FIELDS, KINDS, columns, lay, renew
from xtb.translate.base import OnBatch, Translator

TRANSLATABLE: tuple[Kind, ...] = ("pair", "choice", "span")
MARKS = (("[", "]"), ("{", "}"), ("<", ">"), ("«", "»"))
"""Brackets around an answer: the first pair that the text does not have itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """Examples in the other language, in their order; ``dropped`` could not be had."""

    examples: list[Example]
    dropped: int
    marked: int = 0
    matched: int = 0


class _Found(NamedTuple):
    context: str
    answer: Answer


def translate_examples(
    examples: Sequence[Example], translator: Translator, language: str, on_batch: OnBatch
) -> Translated:
    """Examples of one kind of ``TRANSLATABLE``, with their ids and labels, in another language."""
    if not examples:
        return Translated(examples=[], dropped=0)
    if isinstance(examples[0], Span):
        spans = [example for example in examples if isinstance(example, Span)]
        return _spans(spans, translator, language, on_batch)
    laid = lay(examples, FIELDS[KINDS[type(examples[0])]])
    texts = [str(text) for text in laid.contents]
    known = _translations(texts, translator, language, on_batch)
    made = renew(
        examples, columns(examples, laid, [known.get(text) or "" for text in texts]), [True] * len(examples)
    )
    lost = {int(owner) for owner, text in zip(laid.owner, texts, strict=True) if text and text not in known}
    kept = [example for number, example in enumerate(made) if number not in lost]
    return Translated(examples=kept, dropped=len(lost))


def _spans(spans: Sequence[Span], translator: Translator, language: str, on_batch: OnBatch) -> Translated:
    marked = [_marked(span) for span in spans]
    texts = [span.question for span in spans] + [text for text, _ in marked]
    known = _translations(texts, translator, language, on_batch)
    found = [_unmarked(known.get(text), marks) if marks else None for text, marks in marked]
    unsure = [span for span, one in zip(spans, found, strict=True) if span.answers and one is None]
    more = [text for span in unsure for text in (span.context, span.answers[0].text)]
    known |= _translations(more, translator, language, on_batch)
    made: list[Example] = []
    counts = {"marked": 0, "matched": 0}
    for span, one in zip(spans, found, strict=True):
        question, context = known.get(span.question), known.get(span.context)
        if question is None or (one is None and context is None):
            continue
        if not span.answers and context is not None:
            made.append(replace(span, question=question, context=context))
            continue
        how = "marked" if one else "matched"
        one = one or _matched(str(context), known.get(span.answers[0].text))
        if one:
            counts[how] += 1
            made.append(Span(id=span.id, context=one.context, question=question, answers=(one.answer,)))
    return Translated(examples=made, dropped=len(spans) - len(made), **counts)


def _translations(
    texts: Sequence[str], translator: Translator, language: str, on_batch: OnBatch
) -> dict[str, str]:
    distinct = [text for text in dict.fromkeys(texts) if text.strip()]
    if not distinct:
        return {}
    found = translator.translate(distinct, language, on_batch)
    return {text: made for text, made in zip(distinct, found, strict=True) if made}


def _marked(span: Span) -> tuple[str, tuple[str, str] | None]:
    """The context with brackets around the first answer, and the brackets; without where there is none."""
    marks = next((pair for pair in MARKS if not any(mark in span.context for mark in pair)), None)
    if not span.answers or marks is None:
        return span.context, None
    answer = span.answers[0]
    first, past = answer.start, answer.start + len(answer.text)
    return f"{span.context[:first]}{marks[0]}{answer.text}{marks[1]}{span.context[past:]}", marks


def _unmarked(text: str | None, marks: tuple[str, str]) -> _Found | None:
    """The text without its brackets, and what stood between; None unless each is there once, in order."""
    if text is None or text.count(marks[0]) != 1 or text.count(marks[1]) != 1:
        return None
    first, past = text.index(marks[0]), text.index(marks[1])
    inner = text[first + 1 : past].strip()
    if not inner:
        return None
    before, after = text[:first], text[past + 1 :]
    if text[first + 1 : first + 2].isspace() and before and not before[-1].isspace():
        before += " "
    if text[past - 1].isspace() and after and not after[0].isspace():
        after = " " + after
    return _Found(before + inner + after, Answer(text=inner, start=len(before)))


def _matched(context: str, answer: str | None) -> _Found | None:
    """The one place where the translated answer stands; a full stop that a translator adds is not of it."""
    for text in (answer or "", (answer or "").rstrip(" .。।")):
        if text and context.count(text) == 1:
            return _Found(context, Answer(text=text, start=context.index(text)))
    return None
