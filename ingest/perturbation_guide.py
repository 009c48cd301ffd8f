"""The page ``docs/perturbations.md``, made from the catalogue.

    python -m ingest.perturbation_guide > docs/perturbations.md

Examples are this project's own sentences. What the page says about real text comes from ``reach.csv``, which
``tests/benchmarks/reach.py`` measures, and about speed from ``speed.csv``, as ``tests/benchmarks/perturb.py``
measured it.
"""

import os
import sys
from collections.abc import Iterable, Sequence

from ingest import catalog
from ingest.language import languages
from ingest.one_text import PerturbedText, perturb_text
from ingest.perturbation import Perturbation
from ingest.resources import rows

SENTENCES = {
    "en": "Why didn't the old man, aged 72, walk slowly home?",
    "ru": "Почему старик медленно шёл домой, а не ехал?",
    "el": "Ο γέρος δεν πήγε γρήγορα στο σπίτι του σήμερα.",
    "ar": "ذهب الرجلُ العجوزُ إلى مدرسةٍ قديمة في القرية.",
    "he": "הזקן הלך לאט אל הבית הישן שלו.",
    "hi": "बूढ़ा आदमी धीरे धीरे अपने हिन्दी स्कूल गया।",
    "ta": "வயதான மனிதர் மெதுவாக வீட்டிற்கு நடந்தார்.",
    "th": "ชายชราเดินกลับบ้านช้าๆ ไม่ได้นั่งรถ",
    "zh": "老人慢慢走回家，没有坐汽车。",
    "ko": "노인은 천천히 집으로 걸어갔다.",
}
"""A sentence in each of ten scripts."""

HEAD = """# Perturbations

<!-- Written by `python -m ingest.perturbation_guide`; a test compares. -->

A perturbation makes text noisy at severity 1 to 5 and keeps labels, answer spans and tags right. What the
rules have in common (clusters, exact nested rates, draws without a generator) is in
`ingest/perturbation.py`; `xtb perturb TEXT --language xx` shows any of them on any text. **Risk** says how
far a reader's understanding may change: none (the same text), low (typos), medium (order, lost words), high
(other words by a model or lexicon). **Levels** are shares of the units that the definition names, or counts.
P pair, C choice, S span, T tags, R retrieval. A control is undone by a tokenizer with NFKC, so that its drop
must be 0.
"""


def page() -> str:
    """The whole page as Markdown."""
    found = [catalog.perturbation(name) for name in catalog.perturbation_names() if name != "clean"]
    hidden = {name: os.environ.pop(name, None) for name in ("XTB_DATA", "XTB_CANDIDATES")}
    try:  # examples must not depend on the data of a machine
        examples = [line for each in found for line in _examples(each)]
    finally:
        os.environ.update({name: value for name, value in hidden.items() if value is not None})
    parts = [HEAD, "## Catalogue\n", *_table(_CATALOGUE, map(_row, found)), "\n## Examples in ten scripts\n"]
    parts += [
        "Severity 3 (5 where 3 changes nothing), seed 0: `[-taken out-]{+put in+}`. Where a script is not",
        "there, it is not applicable. Perturbations that read data or other examples have no example here.",
        *examples,
        *_measured(),
        *_speeds(),
    ]
    return "\n".join(parts) + "\n"


_CATALOGUE = ("name", "family", "risk", "what it does", "levels 1-5", "scripts", "kinds", "source")


def _row(found: Perturbation) -> tuple[str, ...]:
    levels = " ".join(f"{level:g}" for level in found.levels)
    kinds = "".join(kind[0].upper() for kind in found.kinds)
    if found.not_for:
        kinds += f", not {', '.join(found.not_for)}"
    family = f"{found.family} (drop 0)" if found.control else found.family
    return (
        f"`{found.name}`",
        family,
        found.risk,
        found.definition,
        "as it is" if found.from_data else levels,
        found.scripts,
        kinds,
        found.citation,
    )


def _examples(found: Perturbation) -> list[str]:
    lines = []
    for code, text in SENTENCES.items():
        for severity in (3, 5):
            done = perturb_text(text, found, severity=severity, language=code, seed=0)
            if done.not_applicable is None and done.text != text:
                script = languages()[code].script
                lines.append(f"- {script} ({code}): {escaped(marked(text, done))}")
                break
    return [f"\n### {found.name}\n", *lines] if lines else []


def example(found: Perturbation) -> str:
    """The perturbation's sample with its edits marked, at severity 3, or why there is none."""
    language, text = found.sample
    for severity in (3, 5):
        done = perturb_text(text, found, severity=severity, language=language, seed=0)
        if done.not_applicable is None and done.text != text:
            return marked(text, done)
    return "" if found.name == "clean" else f"({done.not_applicable})"


def marked(text: str, done: PerturbedText) -> str:
    """The text with its edits as ``[-old-]{+new+}``."""
    out: list[str] = []
    at = 0
    for edit in done.map.joined().edits:
        old, new = text[edit.old_start : edit.old_end], done.text[edit.new_start : edit.new_end]
        out.append(
            text[at : edit.old_start] + (f"[-{old}-]" if old else "") + (f"{{+{new}+}}" if new else "")
        )
        at = edit.old_end
    return "".join([*out, text[at:]])


_INVISIBLE = {0x00AD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF}


def escaped(text: str) -> str:
    """Text for Markdown: characters that nobody sees by their numbers, no markup."""
    shown = "".join(f"<U+{ord(char):04X}>" if ord(char) in _INVISIBLE else char for char in text)
    for char in "\\`*_[]<>|#":
        shown = shown.replace(char, f"\\{char}")
    return shown


def _table(head: Sequence[str], body: Iterable[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |"]
    return lines + [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in body]


def _measured() -> list[str]:
    """How much of real text is changed, by language."""
    measured = rows("reach.csv")
    names = list(dict.fromkeys(row["perturbation"] for row in measured))
    codes = list(dict.fromkeys(row["language"] for row in measured))
    cells = {(row["language"], row["perturbation"]): row for row in measured}
    sources = {row["language"]: row["source"] for row in measured}
    lines = [
        "\n## Reach on real text\n",
        "Severity 3, the first 200 sentences of each language: edited units per 100 clusters with a letter,",
        "and in brackets the share of sentences left as they were. Empty: not applicable. Measured by",
        "`tests/benchmarks/reach.py`; sentences of "
        + ", ".join(
            f"{source} ({' '.join(c for c in codes if sources[c] == source)})"
            for source in dict.fromkeys(sources.values())
        )
        + ".\n",
    ]
    body = []
    for name in names:
        row = [f"`{name}`"]
        for code in codes:
            cell = cells.get((code, name))
            row.append(f"{cell['edits_per_100_clusters']} ({cell['unchanged']})" if cell else "")
        body.append(row)
    return lines + _table(("", *codes), body)


def _speeds() -> list[str]:
    """Characters per CPU second, and against other tools."""
    measured = rows("speed.csv")
    head = ["", *(name for name in measured[0] if name != "perturbation")]
    lines = [
        "\n## Speed\n",
        "Millions of characters per CPU second of one thread at severity 3, with the answer span of each of",
        "10,000 English sentences carried along, and how many times as fast that is as other tools on the",
        "same sentences: a plain loop with one draw per character, nlpaug 1.1.11, the typos of HELM 0.5.16.",
        "Measured by `tests/benchmarks/perturb.py` on a machine with other work to do; the ratios are of one",
        "run. Perturbations that have nothing to do in English are left out.\n",
    ]
    body = [[f"`{row['perturbation']}`", *(row[name] for name in head[1:])] for row in measured]
    return lines + _table(head, body)


if __name__ == "__main__":
    sys.stdout.write(page())
