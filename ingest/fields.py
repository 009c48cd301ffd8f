"""The texts of an example: taken out, and put back with labels, offsets and tags kept right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.example import Answer, Choice, Example, Kind, Pair, Retrieval, Span, Tags

FIELDS: Mapping[Kind, tuple[str, ...]] = {
    "pair": ("first", "second"),
    "choice": ("context", "question", "options"),
    "tags": ("tokens",),
    "span": ("question", "context"),
    "retrieval": ("query",),
}
"""All texts of each kind."""

NOISY: Mapping[Kind, tuple[str, ...]] = {**FIELDS, "span": ("question",), "choice": ("context", "options")}
"""The texts that a perturbation edits unless told otherwise. The context of a span is left alone,
because noise there makes the gold answer itself a matter of luck; the question of a choice, because
XCOPA's is a phrase in English in all languages."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text of an example.

    Attributes:
        name: the field, with the number of the option where there are several.
        content: a string, or tokens.
        protected: ranges of code points that must stay.
    """

    name: str
    content: str | tuple[str, ...]
    protected: tuple[tuple[int, int], ...] = ()


def kind_of(example: Example) -> Kind:
    """The kind of an example."""
    match example:
        case Pair():
            return "pair"
        case Choice():
            return "choice"
        case Tags():
            return "tags"
        case Span():
            return "span"
        case Retrieval():
            return "retrieval"


def noisy_fields(examples: Sequence[Example]) -> tuple[str, ...]:
    """The texts of examples of one kind that a perturbation edits unless told otherwise."""
    if all(isinstance(example, Choice) and not example.context for example in examples):
        return ("question", "options")
    return NOISY[kind_of(examples[0])]


def texts_of(example: Example, fields: Sequence[str]) -> list[Text]:
    """The texts of the fields named, in the order of the fields."""
    texts: list[Text] = []
    for name in fields:
        content = getattr(example, name)
        if name == "options":
            texts += [Text(f"options.{at}", option) for at, option in enumerate(content)]
        elif name == "context" and isinstance(example, Span):
            spans = tuple((a.start, a.start + len(a.text)) for a in example.answers if a.text)
            texts.append(Text(name, content, spans))
        else:
            texts.append(Text(name, content))
    return texts


def with_texts(
    example: Example,
    fields: Sequence[str],
    contents: Sequence[str | tuple[str, ...]],
    tags: tuple[str, ...] | None = None,
    starts: Sequence[int] | None = None,
) -> Example:
    """The example with new texts, given in the order of ``texts_of``.

    Args:
        tags: new tags, where tokens moved.
        starts: new starts of the answers, where the context changed.
    """
    values: dict[str, object] = {}
    at = 0
    for name in fields:
        size = len(example.options) if name == "options" and isinstance(example, Choice) else 1
        values[name] = tuple(contents[at : at + size]) if name == "options" else contents[at]
        at += size
    if tags is not None:
        values["tags"] = tags
    if starts is not None and isinstance(example, Span):
        answers = zip(example.answers, starts, strict=True)
        values["answers"] = tuple(Answer(text=answer.text, start=start) for answer, start in answers)
    return replace(example, **values)  # type: ignore[arg-type]
