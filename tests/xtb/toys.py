"""Small tasks of every kind, and texts in several scripts, for the tests of the training side."""

from collections.abc import Sequence
from typing import Any

from ingest.example import Answer, Candidate, Choice, Example, Pair, Retrieval, Span, Tags
from ingest.task import Hyperparameters, Task

TEXTS = [
    "The river froze in January and the boats stayed in the harbour.",
    "Nobody saw the small dog that slept under the old wooden table.",
    "नदी जनवरी में जम गई और नावें बंदरगाह में रहीं।",
    "แม่น้ำแข็งตัวในเดือนมกราคมและเรือจอดอยู่ในท่า",
    "河在一月結冰，船留在港口。小狗睡在桌子下面。",
    "تجمد النهر في يناير وبقيت القوارب في الميناء.",
    "Die Köchin trägt süße Äpfel über die große Straße.",
    "Мальчик читает длинную книгу у окна.",
] * 8

PAIRS = [Pair(id=f"p{i}", first=TEXTS[i % 8], second=TEXTS[(i * 3 + 1) % 8], label=i % 3) for i in range(24)]
CHOICES = [
    Choice(
        id=f"c{i}",
        context=TEXTS[i % 8],
        question="What was the cause?",
        options=tuple(TEXTS[(i + k) % 8] for k in range(1, 3 + i % 2)),
        label=i % 2,
    )
    for i in range(12)
]
TAGGED = [
    Tags(
        id=f"t{i}",
        tokens=tuple(TEXTS[i % 8].split()),
        tags=tuple(["B-X", "I-X", "O"][(i + k) % 3] for k in range(len(TEXTS[i % 8].split()))),
    )
    for i in range(16)
]
SPANS = [
    Span(
        id=f"s{i}",
        context=" ".join(TEXTS[: 2 + i % 4]),
        question="Who froze in January?",
        answers=(Answer(text="The river", start=0),),
    )
    for i in range(8)
]
POOL = [Candidate(id=f"d{i}", text=text) for i, text in enumerate(TEXTS[:8])]
QUERIES = [Retrieval(id=f"q{i}", query=TEXTS[i][::-1], positives=(f"d{i}",)) for i in range(8)]

EXAMPLES: dict[str, Sequence[Example]] = {
    "pair": PAIRS,
    "choice": CHOICES,
    "tags": TAGGED,
    "span": SPANS,
    "retrieval": QUERIES,
}
_METRICS = {
    "pair": ("accuracy",),
    "choice": ("accuracy",),
    "tags": ("seqeval_f1", "token_accuracy"),
    "span": ("f1", "exact_match"),
    "retrieval": ("map_at_20",),
}
_LABELS: dict[str, tuple[str, ...]] = {"pair": ("yes", "maybe", "no"), "tags": ("O", "B-X", "I-X")}


def toy_task(kind: Any, **changes: Any) -> Task:
    """A task of a kind over the examples above, the same in ``en`` and ``de``; the source is not asked."""
    settings: dict[str, Any] = {
        "name": f"toy_{kind}",
        "kind": kind,
        "title": "toy",
        "metrics": _METRICS[kind],
        "labels": _LABELS.get(kind, ()),
        "splits": {"test": ("en", "de")},
        "trained_on": (),
        "defaults": Hyperparameters(max_length=64, stride=16),
        "licence": "none",
        "citation": "none",
        "read": lambda source, split, language: list(EXAMPLES[kind]),
        "pool": (lambda source, split, language: POOL) if kind == "retrieval" else None,
    }
    return Task(**(settings | changes))
